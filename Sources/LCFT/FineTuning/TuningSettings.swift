import IO

/// How one fine-tuning runs.
package struct TuningSettings: Sendable, Equatable {
  package var labels: CorrectedLabels
  package var trained: TrainedWeights
  package var epochs: Int
  package var batchSize: Int
  package var learningRate: Double
  /// The pull towards the weights that the fine-tuning starts from: mu / 2 ||theta - theta_start||^2 joins the loss.
  package var mu: Double
  /// The share of the fine-tuned model's logit in the score; the cloud model's has the rest.
  package var share: Double

  /// Those of `method` on `labels`: as the job says, unless `own` settings replace it.
  package init(
    _ job: Job.FineTuning, _ method: Method, _ own: TuningOverrides? = nil, labels: CorrectedLabels
  ) {
    self.labels = labels
    trained = method.trainedWeights
    epochs = own?.epochs ?? job.epochs
    batchSize = own?.batchSize ?? job.batchSize
    learningRate = own?.learningRate ?? job.learningRate
    mu = own?.mu ?? method.usualMu
    share = own?.share ?? method.usualShare
  }

  /// What the job and its searches say for `method`.
  package init(_ job: Job, _ method: Method, labels: CorrectedLabels) {
    self.init(job.fineTuning, method, job.tuning(of: method), labels: labels)
  }
}
