import IO

/// How one fine-tuning runs.
package struct TuningSettings: Sendable, Equatable {
  package var labels: CorrectedLabels
  package var trained: TrainedWeights
  package var epochs: Int
  package var batchSize: Int
  package var learningRate: Double

  /// `labels` and `trained` weights, and the rest as the job says, unless `own` settings replace it.
  package init(
    _ job: Job.FineTuning, _ own: TuningOverrides? = nil, labels: CorrectedLabels, trained: TrainedWeights
  ) {
    self.labels = labels
    self.trained = trained
    epochs = own?.epochs ?? job.epochs
    batchSize = own?.batchSize ?? job.batchSize
    learningRate = own?.learningRate ?? job.learningRate
  }

  /// What the job and its searches say for `method`.
  package init(_ job: Job, _ method: Method, labels: CorrectedLabels) {
    self.init(job.fineTuning, job.tuning(of: method), labels: labels, trained: method.trainedWeights)
  }
}
