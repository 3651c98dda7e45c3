import Foundation
import Runs
import Support

/// The output folders that a report is made of: those that were given, and those of the runs below folders that are no
/// run's. Each counts once, however often and under whichever path it is given.
struct ReportedFolders {
  /// Folders with results of a run or of an A/B test; those below one in the order of their names.
  private(set) var folders: [String] = []
  /// Those below one with something of a run and neither.
  private(set) var unfinished: [String] = []

  /// How deep runs may lie below a folder.
  private static let depth = 4

  /// Throws `ReportError` where a folder is not there, or has nothing to report.
  init(_ given: [String]) throws {
    for folder in given {
      guard FileStatus.isFolder(folder) else { throw ReportError.noFolder(folder) }
      guard try take(folder, depth: 0) else { throw ReportError.noResults(folder) }
    }
  }

  static func hasResults(_ files: RunFolder) -> Bool { FileManager.default.fileExists(atPath: files.results) }
  static func hasTest(_ files: RunFolder) -> Bool { FileManager.default.fileExists(atPath: files.abTestDays) }

  /// Whether there are results in the folder or below it.
  private mutating func take(_ folder: String, depth: Int) throws -> Bool {
    let files = RunFolder(folder)
    if ReportedFolders.hasResults(files) || ReportedFolders.hasTest(files) {
      ReportedFolders.add(folder, to: &folders)
      return true
    }
    if FileManager.default.fileExists(atPath: files.progress) {
      if depth > 0 { ReportedFolders.add(folder, to: &unfinished) }
      return false
    }
    guard depth < ReportedFolders.depth else { return false }
    var found = false
    for name in try FileStatus.names(in: folder) where !name.hasPrefix(".") {
      let path = FileStatus.path(of: name, in: folder)
      if FileStatus.isFolder(path), try take(path, depth: depth + 1) { found = true }
    }
    return found
  }

  private static func add(_ folder: String, to folders: inout [String]) {
    if !folders.contains(where: { FileStatus.areSame($0, folder) }) { folders.append(folder) }
  }
}
