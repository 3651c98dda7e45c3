import Support

/// A file of a log that ranks read together.
struct SharedFile: Codable, Equatable {
  var path: String
  /// Its size on disk.
  var size: Int64
  /// Text that is not compressed is read in stretches of so many bytes by ranks in turn; nil where one rank reads the whole.
  var stretch: Int64?
  /// Of JSON lines, the columns that are read.
  var columns: [String]?

  /// What a rank reads without a break: bytes of the file, or nil for the whole.
  var parts: [Range<Int64>?] {
    guard let stretch else { return [nil] }
    return Swift.stride(from: 0, to: size, by: Int64.Stride(stretch)).map { $0..<min($0 + stretch, size) }
  }
}

extension SharedFile {
  /// Smaller files are read faster than they are handed over.
  static let leastBytes: Int64 = 1 << 20
  private static let stretches: ClosedRange<Int64> = 4 << 20...32 << 20

  /// Nil where that does not pay. Rank 0 reads small files, pipes and plain separated values by itself: to take them apart
  /// costs less than the rest of its work. So it does with what cannot be read, and says why in its turn.
  /// - Parameter holdsObjects: whether its lines are objects; nil where the first one tells.
  init?(_ path: String, holdsObjects: Bool?, columns: [String], helpers: Int) {
    guard FileBytes.isKept(path), let source = try? ByteSource(path: path),
      source.file.size >= SharedFile.leastBytes,
      let lines = try? SourceLines(path: path, malformed: .fail, progress: { _ in }),
      let beginsAnObject = try? lines.holdObjects()
    else { return nil }
    let isJSON = holdsObjects ?? beginsAnObject
    if !isJSON && !source.isCompressed { return nil }
    self.path = path
    size = source.file.size
    if isJSON { self.columns = columns }
    if !source.isCompressed {
      let even = size / Int64(4 * helpers)
      stretch = min(max(even, SharedFile.stretches.lowerBound), SharedFile.stretches.upperBound)
    }
  }
}
