import Dist
import Support

/// The ranks that read a log's files for this one, rank 0, which makes the data set.
///
/// Inflating files and taking objects apart are most of the work of reading; the rest needs what all rows before have said,
/// and stays with rank 0. It sees the same lines in the same order as by itself, so that the data set, the account and every
/// message are the same.
package final class ReadingTeam: TextProvider, @unchecked Sendable {
  /// That of the present task.
  static var current: ReadingTeam? { PresentTextProvider.value as? ReadingTeam }

  private let communicator: any Communicator
  private var plan: ReadingPlan?
  /// The file of the plan that is read next.
  private var next = 0
  private var text: SharedText?

  private static let waitingBytes = 128 << 20

  package init(_ communicator: any Communicator) { self.communicator = communicator }

  /// Runs `body` with the other ranks' help, which are in `ReadingHelper.help`.
  package func within<Value>(_ body: () throws -> Value) throws -> Value {
    let value = try PresentTextProvider.$value.withValue(self) { try SignOfLife.whileAwaited(body) }
    try begin([])
    try takeRest()
    return value
  }

  /// How many ranks help.
  var helpers: Int { communicator.size - 1 }

  /// Tells the others what to read, in the order in which it will be wanted. Once.
  func begin(_ files: [SharedFile]) throws(ImportError) {
    if plan != nil { return }
    let limit = Spill.current.map { min($0.bound / 4, ReadingTeam.waitingBytes) }
    let plan = ReadingPlan(files: files, helpers: helpers, waitingBytes: limit ?? ReadingTeam.waitingBytes)
    self.plan = plan
    do { _ = try communicator.broadcast(json: plan, from: 0) } catch {
      throw .ofOtherRank(StandardError.line(error))
    }
  }

  /// The text of `path`, where it is the next file that others read.
  func text(of path: String) throws(ImportError) -> (any TextSource)? {
    guard let plan, next < plan.files.count, plan.files[next].path == path else { return nil }
    let text = try SharedText(communicator, plan.files[next], readers: plan.readers(of: next))
    next += 1
    self.text = text
    return text
  }

  /// Takes what ranks have read and nobody has asked for, so that they come to their end.
  private func takeRest() throws(ImportError) {
    try text?.drain()
    while let plan, next < plan.files.count {
      _ = try text(of: plan.files[next].path)
      try text?.drain()
    }
  }
}
