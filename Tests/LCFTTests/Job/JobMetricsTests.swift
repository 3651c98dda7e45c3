import LCFT
import Testing

/// The section `metrics`.
@Suite struct JobMetricsTests {
  @Test func isRead() throws {
    let standard = try Job.parse("", file: "job.yaml").metrics
    #expect(standard.cutoffs == [1, 5, 10] && standard.bins == 15)
    let own = try Job.parse("metrics: {at: [3, 20], calibration_bins: 50}", file: "job.yaml").metrics
    #expect(own.cutoffs == [3, 20] && own.bins == 50)
  }

  /// Measures follow from the predictions: a resumed run may have others.
  @Test func changesNothingElse() throws {
    let (one, other) = (
      try Job.parse("", file: "job.yaml"), try Job.parse("metrics: {at: [2]}", file: "job.yaml")
    )
    #expect(one.fineTuningSettings.map(\.value) == other.fineTuningSettings.map(\.value))
    #expect(one.trainingSettings.map(\.value) == other.trainingSettings.map(\.value))
  }

  @Test(arguments: [
    ("at: [5, 1]", "metrics.at must be whole numbers that rise"),
    ("at: [5, 5]", "metrics.at must be whole numbers that rise"),
    ("at: [0, 5]", "metrics.at must be a list of 1 to 20 whole numbers from 1 to 10000"),
    ("at: []", "metrics.at must be a list of 1 to 20 whole numbers from 1 to 10000"),
    ("calibration_bins: 0", "metrics.calibration_bins must be a whole number from 1 to 10000 instead of 0"),
    ("k: 5", "unknown key k in metrics"),
  ])
  func isRefused(_ setting: String, _ complaint: String) {
    #expect {
      try Job.parse("metrics: {\(setting)}", file: "job.yaml")
    } throws: {
      "\($0)".hasPrefix("job.yaml:1: \(complaint)")
    }
  }
}
