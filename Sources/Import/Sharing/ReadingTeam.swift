import Dist
import Support

/// The ranks that read a log's files for this one, rank 0, which makes the data set.
///
/// Inflating files and taking objects apart are most of the work of reading; the rest needs what all rows before have said,
/// and stays with rank 0. It sees the same lines in the same order as by itself, so that the data set, the account and every
/// message are the same.
package final class ReadingTeam: @unchecked Sendable {
  /// That of the present task.
  @TaskLocal package static var current: ReadingTeam?

  private let communicator: any Communicator
  /// The files in the order in which they are read, nil for those that this rank reads alone; the first of them is next.
  private var files: ArraySlice<SharedFile?> = []
  private var plan: ReadingPlan?
  /// How many of the plan's files have been taken.
  private var taken = 0

  private static let waitingBytes = 128 << 20

  package init(_ communicator: any Communicator) { self.communicator = communicator }

  /// Runs `body`, for which the other ranks read in `ReadingHelper.help`.
  package func within<Value>(_ body: () throws -> Value) throws -> Value {
    let value = try ReadingTeam.$current.withValue(self) { try SignOfLife.whileAwaited(body) }
    // Where nothing was read, they still wait for a plan.
    if plan == nil { try begin([]) }
    return value
  }

  /// How many ranks help.
  var helpers: Int { communicator.size - 1 }

  /// Tells the others what to read. Once.
  func begin(_ files: [SharedFile?]) throws(ImportError) {
    self.files = files[...]
    let limit = Spill.current.map { min($0.bound / 4, ReadingTeam.waitingBytes) }
    let plan = ReadingPlan(
      files: files.compactMap(\.self), waitingBytes: limit ?? ReadingTeam.waitingBytes)
    self.plan = plan
    do { _ = try communicator.broadcast(json: plan, from: 0) } catch {
      throw .ofOtherRank(StandardError.line(error))
    }
  }

  /// The text of the next file, `path`; nil where this rank reads it.
  func nextText(of path: String) throws(ImportError) -> (any TextSource)? {
    guard let plan, let file = files.popFirst(), let file else { return nil }
    precondition(file.path == path, "files are read in the order of the plan")
    let readers = plan.readers(of: taken, helpers: helpers)
    taken += 1
    return try SharedText(communicator, file, readers: readers)
  }
}
