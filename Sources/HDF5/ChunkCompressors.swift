import Support

/// Compresses several chunks at once, each on a processor of its own.
struct ChunkCompressors: @unchecked Sendable {
  /// Memory for more would count within the bound of an import, and the file is written by one thread.
  private static let most = 8

  private let compressors: [ChunkCompressor]

  /// One for each processor that this process is not kept from, and no more than `chunks`. Nil where libdeflate has no memory for one.
  init?(chunks: Int, chunkBytes: Int, elementSize: Int) {
    let count = min(chunks, ChunkCompressors.most, Processors.count)
    var compressors: [ChunkCompressor] = []
    while compressors.count < count,
      let next = ChunkCompressor(chunkBytes: chunkBytes, elementSize: elementSize)
    {
      compressors.append(next)
    }
    if compressors.isEmpty { return nil }
    self.compressors = compressors
  }

  /// Calls `write` with the stored bytes of each of `chunks`, in turn. `values` gives a chunk's values and how many bytes
  /// they are; it is called by several threads.
  func forEach(
    _ chunks: Range<Int>, values: @Sendable (Int) -> UnsafeRawBufferPointer,
    write: (Int, UnsafeRawBufferPointer) throws -> Void
  ) rethrows {
    try Processors.inOrder(chunks, atMost: compressors.count) { chunk, place in
      let values = values(chunk)
      compressors[place].compress(values.baseAddress!, bytes: values.count)
      return compressors[place].stored
    } take: {
      try write($0, $1)
    }
  }
}
