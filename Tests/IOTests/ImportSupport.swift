import CZlib
import Foundation
import IO
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

extension Dataset {
  /// One line per user: `id: item@timestamp=label ... | train | test`, a sample as `item#eventPosition=label`;
  /// where events have actions, their codes in place of their labels.
  var lines: [String] {
    (0..<users.count).map { user in
      let history = (Int(users.eventOffsets[user])..<Int(users.eventOffsets[user + 1])).map {
        "\(items.id[Int(events.item[$0])])@\(events.timestamp[$0])=\((events.action ?? events.label)[$0])"
      }
      return ([users.id[user] + ":"] + history + ["|"] + text(train, user) + ["|"] + text(test, user))
        .joined(separator: " ")
    }
  }

  private func text(_ samples: Samples, _ user: Int) -> [String] {
    samples.rows(ofUser: user).map {
      "\(items.id[Int(samples.item[$0])])#\(samples.eventPosition[$0])=\(samples.label[$0])"
    }
  }

  /// One line per item: `id: category category ...`.
  var itemLines: [String] {
    (0..<items.count).map { item in
      let rows = Int(items.categoryOffsets[item])..<Int(items.categoryOffsets[item + 1])
      return ([items.id[item] + ":"] + rows.map { categories[Int(items.categories[$0])] })
        .joined(separator: " ")
    }
  }
}

/// Collects what an importer tells.
final class EventLog {
  var events: [ImportEvent] = []

  var notes: [String] { events.compactMap { if case .note(let text) = $0 { text } else { nil } } }
  var skipped: [Int] { events.compactMap { if case .skipped(_, let line, _) = $0 { line } else { nil } } }
}
