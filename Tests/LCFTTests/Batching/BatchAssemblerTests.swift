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
          let codes = historyEvents(dataset, sample, kind, limit: limit).map {
            UInt8(dataset.actionCodes![$0])
          }
          #expect(
            history.actions.map { actions in (start..<start + codes.count).map { actions[$0] } }
              == (kind == .actions ? codes : nil))
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
}
