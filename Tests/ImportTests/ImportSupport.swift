import CZlib
import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

extension FileTestFolder {
  /// A gzip file with one member per text.
  @discardableResult
  func gzip(_ name: String, _ members: String...) throws -> String {
    for member in members { try gzip(name, Array(member.utf8)) }
    return file(name)
  }

  /// Adds a member to a gzip file, which is made if it is not there.
  @discardableResult
  func gzip(_ name: String, _ member: [UInt8]) throws -> String {
    let handle = try #require(gzopen(file(name), "ab9"))
    #expect(gzwrite(handle, member, UInt32(member.count)) == Int32(member.count))
    #expect(gzclose(handle) == Z_OK)
    return file(name)
  }
}

/// Collects what an importer tells.
final class EventLog {
  var events: [ImportEvent] = []

  var notes: [String] { events.compactMap { if case .note(let text) = $0 { text } else { nil } } }
  var account: ImportAccount? {
    for case .account(let account) in events { return account }
    return nil
  }
  var warnings: [ImportWarning] { account?.warnings ?? [] }
  var skipped: [Int] { events.compactMap { if case .skipped(_, let line, _) = $0 { line } else { nil } } }
}
