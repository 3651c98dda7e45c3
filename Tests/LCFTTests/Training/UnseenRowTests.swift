import Dist
import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

/// The row of unknown values: trained where training samples have such values, else the mean of the known values' rows.
@Suite struct UnseenRowTests {
  /// `smallDataset` with a feature of two known values and a third, rare one, which only what `hasRare` says has.
  private func dataset(_ owner: FeatureOwner, rare hasRare: (Dataset, Int) -> Bool) -> Dataset {
    var dataset = smallDataset()
    let parts =
      switch owner {
      case .users: [dataset.users.count]
      case .items: [dataset.items.count]
      case .samples: [dataset.train.count, dataset.test.count]
      case .events: [dataset.events.count]
      }
    dataset.features.vocabularies.append(
      Vocabulary(
        "kind", .values(StringColumn(["a", "b", "c"]), known: 2, minimumCount: 9),
        counts: Column([0, 0, 0])))
    // Only training samples have rows below their count.
    dataset.features[owner].append(
      Feature(
        "kind", .categorical(vocabulary: "kind", table: "kind"),
        parts.enumerated().map { part, rows in
          .values(
            Column((0..<rows).map { part == 1 || hasRare(dataset, $0) ? 2 : Int32($0 % 2) }))
        }, description: "", source: "test"))
    return dataset
  }

  /// Whether the rows of unknown values in the tables `kind` are the means of the known rows after a training, and
  /// whether they are what was drawn at the beginning.
  private func outcome(_ dataset: Dataset, _ model: String) throws -> (areMeans: Bool, areTrained: Bool) {
    let job = try Job.parse(
      """
      model: {name: \(model), histories: [\(FineTuningExample.histories(model))], history_length: 6}
      training: {batch_size: 50, learning_rate: 0.1, virtual_shards: 3}
      """, file: "test.yaml"
    ).fitted(to: dataset, file: "test.h5")
    let initial = FineTuningExample.weights(job, dataset)
    let weights = FineTuningExample.weights(job, dataset)
    let trainer = try CloudTrainer(
      job: job, dataset: dataset, weights: weights, communicator: SoloCommunicator())
    try TrainingRun(trainer, epochs: 2).run()
    var (areMeans, areTrained, found) = (true, true, false)
    for (index, table) in weights.layout.tables.enumerated() where table.name.hasSuffix("kind") {
      found = true
      for column in 0..<table.width {
        let values = (0..<3).map { Double(weights.tables[index][$0 * table.width + column]) }
        areMeans = areMeans && abs(values[2] - (values[0] + values[1]) / 2) < 1e-6
        areTrained =
          areTrained && values[2] != Double(initial.tables[index][2 * table.width + column])
      }
    }
    #expect(found)
    return (areMeans, areTrained)
  }

  @Test(arguments: ModelRegistry.names)
  func unseenRowsAreMeans(_ model: String) throws {
    // Items that are neither candidates nor in a history; users without training samples; no sample.
    func isSeen(_ dataset: Dataset, _ item: Int) -> Bool {
      (0..<dataset.train.count).contains { Int(dataset.train.item[$0]) == item }
        || (0..<dataset.events.count).contains { Int(dataset.events.item[$0]) == item }
    }
    let cases = [
      dataset(.items) { !isSeen($0, $1) }, dataset(.users) { $0.train.rows(ofUser: $1).isEmpty },
      dataset(.samples) { _, _ in false },
    ]
    for dataset in cases { #expect(try outcome(dataset, model).areMeans) }
  }

  @Test(arguments: ModelRegistry.names)
  func seenRowsAreTrained(_ model: String) throws {
    for owner in [FeatureOwner.items, .users, .samples] {
      let outcome = try outcome(dataset(owner) { $1 % 3 == 0 }, model)
      #expect(outcome.areTrained && !outcome.areMeans, "\(owner)")
    }
  }
}
