/// How a data set is cut into the pieces that are compressed, cached and read one by one.
package enum ChunkShape {
  /// Below this many bytes a data set is not cut at all.
  package static let smallestBytes = 10 << 10
  /// Chunks are as equal as they can be and no larger than this: a few fit a processor's second-level
  /// cache, in which a chunk is inflated and unshuffled.
  package static let largestBytes = 256 << 10
  /// gzip's level, of chunks that the library compresses.
  package static let compressionLevel: UInt32 = 4

  /// The chunk's shape for a data set of `shape` whose values take `elementSize` bytes; nil where it is
  /// too small to be cut or has no dimension to cut. Whole rows as long as a row fits a chunk.
  package static func chunk(of shape: [Int], elementSize: Int) -> [Int]? {
    guard !shape.isEmpty, shape.reduce(elementSize, *) >= smallestBytes else { return nil }
    var chunk = [Int](repeating: 1, count: shape.count)
    var bytes = elementSize
    for dimension in shape.indices.reversed() {
      let room = max(1, largestBytes / bytes)
      let pieces = (shape[dimension] + room - 1) / room
      chunk[dimension] = (shape[dimension] + pieces - 1) / pieces
      if pieces > 1 { break }
      bytes *= chunk[dimension]
    }
    return chunk
  }
}
