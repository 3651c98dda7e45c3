import IO

extension Job {
  static var metricsSection: JobSection {
    JobSection(
      "metrics",
      "What the results say of every method beside AUC and log loss: rankings of the candidates of one moment, and how far "
        + "the predicted click probabilities can be believed.",
      [
        JobSetting(
          "at", \.metrics.cutoffs, .integers(1...10_000, counts: 1...20), affects: [],
          must: { job in
            let cutoffs = job.metrics.cutoffs
            return zip(cutoffs, cutoffs.dropFirst()).allSatisfy { $0 < $1 } ? nil : "whole numbers that rise"
          },
          "The k of NDCG@k and hit rate@k. A user's test samples with the same time are one list of candidates; a list "
            + "counts where it has a positive and a negative."),
        JobSetting(
          "calibration_bins", \.metrics.bins, .integer(1...10_000), affects: [],
          "How many equally wide intervals of the predicted click probability the expected calibration error is summed "
            + "over."),
      ])
  }
}
