import Support

/// Looks at the memory and the temporary files while files are read, where an import has a bound of memory.
final class MemoryWatch {
  private let spill = Spill.current
  /// Bytes on disk of the log's files, and of those of them that have been read.
  private let size: Int
  private var before = 0
  private var file = ""
  private var read = 0
  /// Memory at the beginning.
  private let initial = ProcessMemory.resident ?? 0
  private var blocks = 0
  private var knowsSpace = false
  /// How many times the bytes that hold the log's rows temporary files will take at most.
  private let growth: Int

  init(_ schema: Schema) {
    size = (schema.log.files + (schema.history?.files ?? [])).reduce(0) {
      $0 + ((try? FileStatus.sizeOfReadableFile($1)) ?? 0)
    }
    // The rows as they were read, in runs of users, as events and as samples with their negatives.
    let isSampled = schema.label == .none || schema.label == .unstated
    growth = 4 + (isSampled ? schema.negatives.ratios.upperBound : 0)
  }

  /// Takes an event of a file that is being read.
  func take(_ event: ImportEvent) {
    guard spill != nil, case .reading(let name, let bytes, _, _) = event else { return }
    if name != file { (before, file) = (before + read, name) }
    read = Int(bytes)
  }

  /// Looks now and then. Throws where the bound cannot be kept or temporary files will not fit.
  func look() throws(ImportError) {
    guard let spill else { return }
    blocks += 1
    if blocks % 16 != 0 { return }
    spill.checkpoint()
    // Events of reading come every 8 MB.
    let done = min(before + read + (4 << 20), size)
    if case .boundExceeded(let bound, let needed)? = spill.failure, done > 0 {
      // What has not been read yet may have as many new users, items and values again.
      let rest = Double(max(needed - initial, 0)) * Double(size) / Double(done)
      throw .memory(.boundExceeded(bound: bound, needed: initial + Int(rest)))
    }
    try checkMemory()
    if knowsSpace || done < 8 << 20 { return }
    knowsSpace = true
    let needed = Double(spill.bytes) * Double(size) / Double(done) * Double(growth)
    guard let free = spill.freeBytes, Double(free) < needed - Double(spill.bytes) else { return }
    throw .memory(.noSpace(folder: spill.folder, needed: Int(needed), free: free))
  }
}
