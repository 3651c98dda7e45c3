import Dist
import Foundation
import IO
import Support

/// The outcomes that rank 0 has gathered from work on many users, kept record by record, so that none of them
/// is lost however a run ends. Used on rank 0 only.
package final class WorkJournal {
  let path: String
  private let settings: Journal.Settings
  private var journal: Journal?

  /// A journal at `path` for outcomes that depend on `settings`.
  package init(_ path: String, _ settings: Journal.Settings) {
    self.path = path
    self.settings = settings
  }

  /// Hands `take` what an earlier run left, record by record, and opens the journal for more. Throws
  /// `FileError.otherSettings` where that run had other settings.
  package func open(_ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    let earlier = try Journal.read(
      path, settings: { try Journal.check($0, are: settings, file: path) }, record: take)
    journal =
      try earlier.map { try Journal(appendingTo: path, after: $0) } ?? Journal(creating: path, settings)
  }

  /// Adds a record of whole users.
  package func append(_ bytes: UnsafeRawBufferPointer) throws { try keeping { try journal?.append(bytes) } }

  /// Waits until all records are on the disk: before something is done that only these explain.
  package func sync() throws { try keeping { try journal?.sync() } }

  /// What is printed when a run ends early.
  package var hint: String {
    "what was done is kept in \(path); give the same command with --resume to continue"
  }

  /// An error of `body` says that the outcomes are kept.
  package func keeping<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as Stopped { throw error } catch {
      throw WorkError.kept("\(error)", journal: path)
    }
  }

  /// Removes the journal, once the outcomes are stored elsewhere.
  package func remove() throws {
    journal = nil
    try FileStatus.remove(path)
  }
}
