import IO
import Models

/// One sample as batches are assembled from it.
package struct SampleReference: BitwiseCopyable, Sendable {
  package var user: Int32
  package var item: Int32
  /// How many of the user's events precede the sample.
  package var eventPosition: Int32
  package var label: Float

  package init(user: Int32, item: Int32, eventPosition: Int32, label: Float) {
    self.user = user
    self.item = item
    self.eventPosition = eventPosition
    self.label = label
  }
}

extension Dataset.Samples {
  /// The samples of `user` as batches are assembled from them, in memory of `arena`.
  package func references(
    ofUser user: Int, in arena: Arena
  ) -> UnsafeMutableBufferPointer<SampleReference> {
    let rows = rows(ofUser: user)
    let references = arena.take(rows.count, of: SampleReference.self)
    for (i, row) in rows.enumerated() {
      references[i] = SampleReference(
        user: Int32(user), item: item[row], eventPosition: eventPosition[row], label: Float(label[row]))
    }
    return UnsafeMutableBufferPointer(start: references, count: rows.count)
  }
}
