import CZlib
import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

/// A directory of its own for one test, removed with it.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "lcft-import-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// A gzip file with one member per text.
  func gzip(_ name: String, _ members: String...) throws -> String {
    let file = path + "/" + name
    for member in members {
      let handle = try #require(gzopen(file, "ab9"))
      let bytes = Array(member.utf8)
      #expect(gzwrite(handle, bytes, UInt32(bytes.count)) == Int32(bytes.count))
      #expect(gzclose(handle) == Z_OK)
    }
    return file
  }

  func bytes(_ file: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: file))) }
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
