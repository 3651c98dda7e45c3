import HDF5
import Support

extension Results {
  /// `/untrained`: the users with test samples and no training samples, whom nothing can be fine-tuned for, as the
  /// cloud model scores them; and the cloud model's scores over all users with test samples.
  package struct Untrained: Sendable {
    package var id: StringColumn
    /// The user's row in the data set.
    package var row: Column<Int32>
    package var testCount: Column<Int32>
    package var testPositives: Column<Int32>
    /// NaN where `aucStatus` is not `.defined`.
    package var auc: Column<Double>
    package var aucStatus: Column<AUCStatus>
    /// As in `Results`.
    package var lists: UserLists?
    package var measures: UserMeasures?
    /// [users + 1], labels, times and logits as in `Results.predictions`; nil where these are not kept.
    package var predictions: Predictions?
    package var logits: Column<Float>?
    /// Over these users, and over all users with test samples.
    package var summary: Summary
    package var summaryOfAll: Summary

    package init(
      id: StringColumn, row: Column<Int32>, testCount: Column<Int32>, testPositives: Column<Int32>,
      auc: Column<Double>,
      aucStatus: Column<AUCStatus>, predictions: Predictions?, logits: Column<Float>?, summary: Summary,
      summaryOfAll: Summary
    ) {
      self.id = id
      self.row = row
      self.testCount = testCount
      self.testPositives = testPositives
      self.auc = auc
      self.aucStatus = aucStatus
      self.predictions = predictions
      self.logits = logits
      self.summary = summary
      self.summaryOfAll = summaryOfAll
    }

    func add(to digest: inout ContentDigest, _ settings: MeasureSettings?) {
      digest.add("/untrained/id", id)
      digest.add("/untrained/row", row)
      digest.add("/untrained/test_count", testCount)
      digest.add("/untrained/test_positives", testPositives)
      digest.add("/untrained/auc", auc)
      digest.add("/untrained/auc_status", aucStatus)
      lists?.add(to: &digest, "/untrained")
      if let settings { measures?.add(to: &digest, "/untrained", settings) }
      if let predictions, let logits {
        digest.add("/untrained/offsets", predictions.offsets)
        digest.add("/untrained/label", predictions.label)
        if let timestamp = predictions.timestamp { digest.add("/untrained/timestamp", timestamp) }
        digest.add("/untrained/cloud", logits)
      }
    }

    func write(to group: borrowing HDF5.Group, _ settings: MeasureSettings?) throws {
      try group.write("id", id, description: "a user without training samples: the identifier in the source")
      try group.write("row", row, description: "the user's row in the data set")
      try group.write("test_count", testCount, description: "test samples of the user")
      try group.write("test_positives", testPositives, description: "test samples with label 1")
      try group.write("auc", auc, description: "AUC of the cloud model over the user's test samples")
      try group.write("auc_status", aucStatus, description: "why the user has no AUC, or that it has one")
      try lists?.write(to: group)
      if let settings { try measures?.write(to: group, settings) }
      if let predictions, let logits {
        try group.write(
          "offsets", predictions.offsets,
          description: "row u of row has rows offsets[u] up to offsets[u + 1] of label, timestamp and cloud")
        try predictions.writeSamples(to: group)
        try group.write("cloud", logits, description: "logit z of each test sample by the cloud model")
      }
      try ResultsFile.write(summary, settings, to: group.makeGroup("summary"))
      try ResultsFile.write(summaryOfAll, settings, to: group.makeGroup("summary_of_all"))
    }

    init(_ group: borrowing HDF5.Group, _ settings: MeasureSettings?) throws {
      id = try group.dataset("id").strings()
      row = try ResultsFile.readCounts("row", group, id.count)
      testCount = try ResultsFile.readCounts("test_count", group, id.count)
      testPositives = try ResultsFile.readCounts("test_positives", group, id.count, atMost: testCount)
      (auc, aucStatus) = try ResultsFile.readAUC(group, id.count)
      lists = try UserLists.read(group, id.count, samples: testCount)
      if let settings {
        measures = try UserMeasures.read(group, id.count, settings, hasLists: lists != nil)
      }
      if try group.contains("cloud") {
        let predictions = try ResultsFile.readPredictions(group, counts: testCount)
        logits = try group.column("cloud", count: predictions.label.count)
        self.predictions = predictions
      }
      summary = try ResultsFile.readSummary(group.group("summary"), settings)
      summaryOfAll = try ResultsFile.readSummary(group.group("summary_of_all"), settings)
    }
  }
}
