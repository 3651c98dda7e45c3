import IO
import Models

/// One sample as batches are assembled from it.
package struct SampleReference: BitwiseCopyable, Sendable {
  package var user: Int32
  package var item: Int32
  /// How many of the user's events precede the sample.
  package var eventPosition: Int32
  package var label: Float
  /// Its row among the data set's samples, those of the training part first, by which features of samples are looked up;
  /// -1 for a sample that the data set does not have, whose features are missing.
  package var row: Int

  package init(user: Int32, item: Int32, eventPosition: Int32, label: Float, row: Int = -1) {
    self.user = user
    self.item = item
    self.eventPosition = eventPosition
    self.label = label
    self.row = row
  }

  /// The sample in row `row` of `samples`, one of `user`'s; `firstRow` samples of the data set come before these.
  init(_ samples: Dataset.Samples, row: Int, ofUser user: Int, firstRow: Int) {
    self.init(
      user: Int32(user), item: samples.item[row], eventPosition: samples.eventPosition[row],
      label: Float(samples.label[row]), row: firstRow + row)
  }
}

extension Dataset {
  /// The training samples of `user` as batches are assembled from them, in memory of `arena`.
  package func trainReferences(
    ofUser user: Int, in arena: Arena
  ) -> UnsafeMutableBufferPointer<SampleReference> { references(train, ofUser: user, firstRow: 0, in: arena) }

  /// The test samples of `user`, likewise.
  package func testReferences(
    ofUser user: Int, in arena: Arena
  ) -> UnsafeMutableBufferPointer<SampleReference> {
    references(test, ofUser: user, firstRow: train.count, in: arena)
  }

  private func references(
    _ samples: Samples, ofUser user: Int, firstRow: Int, in arena: Arena
  ) -> UnsafeMutableBufferPointer<SampleReference> {
    let rows = samples.rows(ofUser: user)
    let references = arena.take(rows.count, of: SampleReference.self)
    for (i, row) in rows.enumerated() {
      references[i] = SampleReference(samples, row: row, ofUser: user, firstRow: firstRow)
    }
    return UnsafeMutableBufferPointer(start: references, count: rows.count)
  }
}
