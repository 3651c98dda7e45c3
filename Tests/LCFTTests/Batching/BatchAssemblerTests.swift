import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

@Suite struct BatchAssemblerTests {
  /// Every sample's window of keys is its history as one would read it from the events, also where the
  /// windows of a user's samples overlap, and no position of a sequence is stored twice in a shard.
  @Test(arguments: [1, 3, 8], [2, 10, 100])
  func windowsAreHistories(_ shards: Int, _ limit: Int) {
    let dataset = smallDataset()
    let kinds = HistoryKind.allCases
    let assembler = BatchAssembler(
      sequences: kinds.map { HistorySequence($0, of: dataset) }, historyLength: limit)
    var random = KeyedRandom(seed: 9)
    var references: [SampleReference] = []
    for user in 0..<dataset.users.count {
      for row in dataset.train.rows(ofUser: user) {
        references.append(
          SampleReference(
            user: Int32(user), item: dataset.train.item[row],
            eventPosition: dataset.train.eventPosition[row], label: Float(dataset.train.label[row])))
      }
    }
    references.withUnsafeMutableBufferPointer { random.shuffle($0) }
    let bounds = (0...shards).map { references.count * $0 / shards }
    let arena = Arena()
    bounds.withUnsafeBufferPointer { bounds in
      let partition = RowPartition(offsets: bounds.baseAddress!, shards: shards)
      let batch = assembler.assemble(&references, partition, in: arena)
      for (index, kind) in kinds.enumerated() {
        let history = batch.histories[index]
        for (b, sample) in references.enumerated() {
          let start = Int(history.starts[b])
          let found = (start..<start + Int(history.lengths[b])).map { history.keys[$0] }
          #expect(found == expected(dataset, sample, kind, limit))
          #expect(batch.users[b] == sample.user && batch.candidates[b] == sample.item)
        }
        for shard in 0..<shards {
          let own = references[partition.rows(ofShard: shard)]
          let pairs = own.reduce(0) { $0 + expected(dataset, $1, kind, limit).count }
          #expect(history.pairPartition.rows(ofShard: shard).count == pairs)
          let distinct = Set(own.flatMap { historyEvents(dataset, $0, kind, limit: limit) })
          #expect(history.keyPartition.rows(ofShard: shard).count == distinct.count)
        }
      }
    }
  }

  private func expected(
    _ dataset: Dataset, _ sample: SampleReference, _ kind: HistoryKind, _ limit: Int
  ) -> [Int32] {
    historyEvents(dataset, sample, kind, limit: limit).map { dataset.events.item[$0] }
  }

  /// Every feature of a sample and of the entries of its histories is the data set's, for training and test samples, and
  /// missing for one that the data set does not have.
  @Test(arguments: ["DIN", "EdgeRec"])
  func featuresAreTheDataSets(_ model: String) throws {
    let dataset = featureDataset()
    let job = try FineTuningExample.job(model, for: dataset)
    let features = job.model.features
    let assembler = BatchAssembler(job: job, dataset: dataset)
    let arena = Arena()
    let user = 3
    var references = Array(dataset.trainReferences(ofUser: user, in: arena))
    references += dataset.testReferences(ofUser: user, in: arena)
    references.append(SampleReference(user: Int32(user), item: 4, eventPosition: 3, label: 0))
    let bounds = [0, references.count]
    bounds.withUnsafeBufferPointer { bounds in
      let partition = RowPartition(offsets: bounds.baseAddress!, shards: 1)
      let batch = assembler.assemble(&references, partition, in: arena)
      for (index, feature) in features.fields.enumerated() {
        for (b, sample) in references.enumerated() {
          let row =
            switch feature.owner {
            case .users: Int(sample.user)
            case .items: Int(sample.item)
            default: sample.row
            }
          expect(batch.fields![index], b, feature, row, dataset)
        }
      }
      for (index, kind) in job.model.histories.enumerated() {
        let history = batch.histories[index]
        #expect(!features.events(in: kind).isEmpty)
        for (place, feature) in features.events(in: kind).enumerated() {
          for (b, sample) in references.enumerated() {
            let events = historyEvents(dataset, sample, kind, limit: job.historyLength)
            for (entry, event) in events.enumerated() {
              expect(history.events![place], Int(history.starts[b]) + entry, feature, event, dataset)
            }
          }
        }
      }
    }
  }

  /// Expects that `found` has at `place` what the data set has at `row`, -1 for nothing.
  private func expect(
    _ found: FeatureValues, _ place: Int, _ feature: ModelFeature, _ row: Int, _ dataset: Dataset
  ) {
    let plain = PlainFeature(feature, of: dataset)
    switch feature.kind {
    case .values:
      let lists = found.lists!
      let range = Int(lists.offsets[place])..<Int(lists.offsets[place + 1])
      #expect(range.map { Int(lists.rows[$0]) } == (row < 0 ? [] : plain.tableRows(row)), "\(feature.path)")
    case .number:
      let number = row < 0 ? nil : plain.number(row)
      #expect((found.missing![place] == 0) == (number != nil), "\(feature.path)")
      if let number { #expect(abs(Double(found.numbers![place]) - number) < 1e-6, "\(feature.path)") }
    case .vector(let width):
      let vector = row < 0 ? Array(repeating: 0, count: width) : plain.vector(row)
      for (i, value) in vector.enumerated() {
        #expect(abs(Double(found.numbers![place * width + i]) - value) < 1e-6, "\(feature.path)")
      }
    }
  }
}
