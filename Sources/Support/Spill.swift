/// Keeps a job's memory below a bound: what is large lies in files without a name.
///
/// Inside `within`, every `Column` and `GrowableBuffer` that is large lies in a file of `folder` that is mapped into
/// memory. What a loop has read or written of it stays in the process's memory until a `checkpoint` finds more resident
/// than the bound allows; then all of these pages go back to the system, which holds them as its cache of the files. So
/// loops over large columns must go through them in order, piece by piece (`Pieces`); what is looked up in any order
/// belongs into arrays, which are never spilled and are counted by the same bound.
///
/// The files lose their names as soon as they are open: however the process ends, nothing is left of them.
package final class Spill: @unchecked Sendable {
  /// That of the present task.
  @TaskLocal package static var current: Spill?

  /// Where the files lie.
  package let folder: String
  let temporaryName: () -> String
  /// Bytes of memory that the process may have.
  package let bound: Int
  /// Those of them that it had before, which are not of the spill's work.
  private let base: Int
  /// Columns of fewer bytes stay in memory.
  let smallestBytes: Int
  /// Bytes of a piece of a column.
  package let pieceBytes: Int
  /// Whether it is a failure if more than the bound cannot be given back.
  private let isStrict: Bool
  private var blocks: [ObjectIdentifier: Unmanaged<SpilledBlock>] = [:]
  /// The first thing that went wrong. Whoever fills columns asks for it after each piece.
  package private(set) var failure: SpillError?

  /// No column of fewer bytes is ever spilled.
  static let leastBytes = 4096

  /// - Parameters:
  ///   - folder: whose file system holds the files.
  ///   - base: what of the bound the process keeps for other things.
  ///   - temporaryName: a new name in the folder, which a file has for a moment.
  ///   - isStrict: whether it is a failure if what stays in memory is more than the bound.
  package init(
    folder: String, bound: Int, base: Int = 0, smallestBytes: Int = 128 << 10, pieceBytes: Int = 4 << 20,
    isStrict: Bool = true, temporaryName: @escaping () -> String
  ) {
    self.folder = folder
    self.temporaryName = temporaryName
    self.bound = bound
    self.base = base
    self.smallestBytes = max(smallestBytes, Spill.leastBytes)
    self.pieceBytes = pieceBytes
    self.isStrict = isStrict
  }

  /// Runs `body` with large columns in files.
  package func within<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let result = Spill.$current.withValue(self) {
      Swift.Result { () throws(Failure) -> Result in try body() }
    }
    return try result.get()
  }

  /// Looks at the memory after a piece of work.
  package static func checkpoint() { current?.checkpoint() }

  /// The same now and then in a loop over many rows, small each.
  package static func checkpoint(atRow row: Int) { if row % 4096 == 0 { checkpoint() } }

  package func checkpoint() {
    if let resident, resident <= comfortable { return }
    release()
    guard isStrict, failure == nil, let left = resident, left > comfortable else { return }
    failure = .boundExceeded(bound: bound, needed: left + headroom)
  }

  /// What the bound is compared with. Beside other ranks most of what is resident may be memory that they share.
  private var resident: Int? {
    isStrict ? ProcessMemory.resident : ProcessMemory.unshared ?? ProcessMemory.resident
  }

  /// What may be touched between two checkpoints, and what comes and goes between them.
  private var headroom: Int { max(8 << 20, (bound - base) / 8) }
  /// Bytes that may be resident at a checkpoint.
  private var comfortable: Int { bound - headroom }

  /// Fails where `bytes` more of the process's own are too many.
  package func require(_ bytes: Int) {
    checkpoint()
    guard isStrict, failure == nil, let resident, resident + bytes > bound else {
      return
    }
    failure = .boundExceeded(bound: bound, needed: resident + bytes + headroom)
  }

  /// Bytes that a loop may look up in any order in columns.
  package var workingBytes: Int {
    // What is mapped now is not needed at once.
    release()
    return max(pieceBytes, (comfortable - (resident ?? 0)) / 4)
  }

  /// Gives all mapped pages back to the system.
  private func release() { for block in blocks.values { block.takeUnretainedValue().release() } }

  /// Bytes of the files at present.
  package var bytes: Int { blocks.values.reduce(0) { $0 + $1.takeUnretainedValue().bytes } }

  /// Bytes that the folder's file system has left; nil where it does not say.
  package var freeBytes: Int? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize)
  }

  /// A block for `bytes` if they are many and there is a present spill.
  static func block(_ bytes: Int, grows: Bool = false) -> SpilledBlock? {
    guard bytes >= leastBytes, let current, bytes >= current.smallestBytes else { return nil }
    return SpilledBlock(bytes, current, grows: grows)
  }

  /// Throws what has gone wrong. Asked after large columns have been made and before they are filled: what the folder did
  /// not take of them lies in memory, which filling would take.
  package static func check() throws(SpillError) {
    if let failure = current?.failure { throw failure }
  }

  package func fail(_ error: SpillError) { if failure == nil { failure = error } }

  func add(_ block: SpilledBlock) { blocks[ObjectIdentifier(block)] = .passUnretained(block) }

  func remove(_ block: SpilledBlock) { blocks[ObjectIdentifier(block)] = nil }
}

/// Why a bound of memory could not be kept.
package enum SpillError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The folder of temporary files takes no more.
  case cannotSpill(folder: String, code: Int32)
  /// What must stay in memory is more than the bound.
  case boundExceeded(bound: Int, needed: Int)
  /// Temporary files will take about so many bytes.
  case noSpace(folder: String, needed: Int, free: Int)

  package var description: String {
    switch self {
    case .cannotSpill(let folder, let code):
      "\(folder): cannot hold the temporary files: \(String(cString: strerror(code))); "
        + SpillError.advice(code)
    case .boundExceeded(let bound, let needed):
      "--memory \(byteText(bound)) is not enough: users, items, different values of features and the events of one user "
        + "stay in memory, about \(byteText(needed)) in all; give as much"
    case .noSpace(let folder, let needed, let free):
      "\(folder): has \(byteText(free)) left, and the temporary files take about \(byteText(needed)); "
        + SpillError.advice(ENOSPC)
    }
  }

  private static func advice(_ code: Int32) -> String {
    switch code {
    case ENOSPC, EDQUOT: "free some space there, or give another folder with --temporary"
    case EMFILE, ENFILE: "raise the limit of open files (ulimit -n)"
    case EFBIG: "raise the limit of files (ulimit -f)"
    default: "give another folder with --temporary"
    }
  }
}
