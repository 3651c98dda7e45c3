import Foundation
import IO
import Support

/// What a run with `--overwrite` has made so far, beside the files of an earlier run that it replaces: the folder
/// `replacement-OUTPUTS` within the output folder.
///
/// When everything is whole the folder is renamed to `.whole`, which decides: from then on the earlier files go, and
/// the new ones come. Wherever a kill falls, one of the two sets is whole, and `finish` completes the exchange: as
/// long as the folder is `.whole` nothing of it has been moved, so that whatever is replaced is an earlier run's, and
/// when it is `.moving` nothing is left to remove.
package struct Replacement: Sendable {
  /// The output folder.
  private let folder: String
  let outputs: RunOutputs

  private static let start = "replacement-"
  private static let whole = ".whole"
  private static let moving = ".moving"

  package init(of outputs: RunOutputs, in folder: String) {
    self.outputs = outputs
    self.folder = folder
  }

  /// The folder's name in the output folder.
  var name: String { Replacement.start + outputs.name }
  /// Where the new files are while the run works.
  package var path: String { FileStatus.path(of: name, in: folder) }

  /// Whether an overwriting run was stopped.
  package var isUnderWay: Bool { FileManager.default.fileExists(atPath: path) }

  /// The replacement in `folder` whose exchange a kill has stopped. Throws `SystemError`, as all functions here do.
  package static func halfExchanged(in folder: String) throws -> Replacement? {
    for name in try FileStatus.names(in: folder) {
      for ending in [whole, moving] where name.hasPrefix(start) && name.hasSuffix(ending) {
        let outputs = RunOutputs(name: String(name.dropFirst(start.count).dropLast(ending.count)))
        if let outputs { return Replacement(of: outputs, in: folder) }
      }
    }
    return nil
  }

  /// The name in `folder` of what a run with --overwrite has left that makes some of `outputs`, but not just these; nil where
  /// there is none.
  static func another(than outputs: RunOutputs, in folder: String) throws -> String? {
    try FileStatus.names(in: folder).first { name in
      guard name.hasPrefix(start), let own = RunOutputs(name: String(name.dropFirst(start.count))) else {
        return false
      }
      return own != outputs && !own.isDisjoint(with: outputs)
    }
  }

  /// Makes the folder if it is missing, and removes what killed processes left half written.
  func create() throws {
    try AtomicFile.makeFolder(path)
    AtomicFile.removeLeftovers(in: path)
  }

  /// Removes what an earlier overwriting run has made.
  func removeUnfinished() throws {
    guard isUnderWay else { return }
    for name in try FileStatus.names(in: path) { try FileStatus.remove("\(path)/\(name)") }
    try removeFolder(path)
  }

  /// Exchanges the earlier files for the new ones, which are whole. `step` is called before everything that a kill
  /// may separate from the rest. Throws what `step` throws, and `SystemError`.
  package func exchange(_ step: () throws -> Void = {}) throws {
    // What is half written is not of this run, which has written everything.
    AtomicFile.removeLeftovers(in: path)
    try step()
    try AtomicFile.move(path, to: path + Replacement.whole)
    try finish(step)
  }

  /// Does what is left to do of an exchange; `step` as in `exchange`. Throws what that throws, and `SystemError`.
  package func finish(_ step: () throws -> Void = {}) throws {
    let (whole, moving) = (path + Replacement.whole, path + Replacement.moving)
    if FileManager.default.fileExists(atPath: whole) {
      for file in try RunFolder(folder).replaced(by: outputs) {
        try step()
        try FileStatus.remove(file)
        // The folder of a report, or of models, if nothing is left in it.
        let holder = FileStatus.folder(of: file)
        if !FileStatus.areSame(holder, folder) { rmdir(holder) }
      }
      try step()
      // A loss of power must not bring back what is gone once the folder is `.moving`.
      try AtomicFile.syncFolder(of: whole)
      try AtomicFile.move(whole, to: moving)
    }
    guard FileManager.default.fileExists(atPath: moving) else { return }
    for name in try FileStatus.names(in: moving) {
      try step()
      try AtomicFile.move("\(moving)/\(name)", to: "\(FileStatus.folder(of: path))/\(name)")
    }
    try step()
    try removeFolder(moving)
  }

  private func removeFolder(_ path: String) throws {
    guard rmdir(path) == 0 else { throw SystemError.failed(file: path, action: "remove", code: errno) }
  }
}
