import Foundation
import IO
import Support

/// Whose fine-tuned models a run keeps.
package enum ModelSelection: Sendable, Equatable {
  case all
  /// A random part of the evaluated users, keyed by the job's seed.
  case sample(Int)
  /// The users named in a file, one identifier per line.
  case users(String)

  /// `all`, `sample:N` or `users:FILE`; nil for anything else.
  package init?(_ text: String) {
    if text == "all" {
      self = .all
    } else if text.hasPrefix("sample:"), let count = Int(text.dropFirst(7)), count > 0 {
      self = .sample(count)
    } else if text.hasPrefix("users:"), text.count > 6 {
      self = .users(String(text.dropFirst(6)))
    } else {
      return nil
    }
  }

  /// The chosen users among `evaluated`, which are rows of `dataset`. Throws `ModelSelectionError`.
  package func users(of dataset: Dataset, evaluated: [Int32], seed: UInt64) throws -> Set<Int32> {
    switch self {
    case .all: return Set(evaluated)
    case .sample(let count):
      var order = evaluated
      var random = KeyedRandom(seed: seed, KeyedRandom.key("saved models"))
      order.withUnsafeMutableBufferPointer { random.shuffle($0) }
      return Set(order.prefix(count))
    case .users(let file):
      let text: String
      do throws(TextFile.Failure) {
        text = try TextFile.text(file)
      } catch {
        throw ModelSelectionError.unreadable(file: file, reason: error)
      }
      var rowOfID: [String: Int32] = [:]
      for row in evaluated { rowOfID[dataset.users.id[Int(row)]] = row }
      var chosen: Set<Int32> = []
      // Spreadsheets begin a list with a byte order mark, and end its lines with CR LF, which is one character.
      let list = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
      let lines = list.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
      for (line, id) in lines.enumerated() {
        let name = id.trimmingCharacters(in: .whitespaces)
        if name.isEmpty { continue }
        guard let row = rowOfID[name] else {
          throw ModelSelectionError.unknownUser(file: file, line: line + 1, user: name)
        }
        chosen.insert(row)
      }
      guard !chosen.isEmpty else { throw ModelSelectionError.noUsers(file: file) }
      return chosen
    }
  }
}

/// Why a list of users is refused.
package enum ModelSelectionError: Error, Equatable, CustomStringConvertible {
  case unreadable(file: String, reason: TextFile.Failure)
  case unknownUser(file: String, line: Int, user: String)
  case noUsers(file: String)

  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): \(reason); give a file with one user id per line"
    case .unknownUser(let file, let line, let user):
      "\(file):\(line): user \(user) has no training and test samples in the data set, or is not part of it"
    case .noUsers(let file): "\(file): names no user; give one user id per line"
    }
  }
}
