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
  /// How many folders with results there were, those that came again among them.
  private var found = 0

  /// How deep runs may lie below a folder.
  private static let depth = 4

  /// Throws `ReportError` where a folder is not there, or has nothing to report.
  init(_ given: [String]) throws {
    for folder in given {
      guard FileStatus.isFolder(folder) else { throw ReportError.noFolder(folder) }
      let before = found
      try take(folder, depth: 0)
      guard found > before else { throw ReportError.noResults(folder) }
    }
  }

  static func hasResults(_ files: RunFolder) -> Bool { FileManager.default.fileExists(atPath: files.results) }
  static func hasTest(_ files: RunFolder) -> Bool { FileManager.default.fileExists(atPath: files.abTestDays) }

  private mutating func take(_ folder: String, depth: Int) throws {
    let files = RunFolder(folder)
    if ReportedFolders.hasResults(files) || ReportedFolders.hasTest(files) {
      found += 1
      if !folders.contains(where: { FileStatus.areSame($0, folder) }) { folders.append(folder) }
      return
    }
    if FileManager.default.fileExists(atPath: files.progress) {
      if depth > 0 { unfinished.append(folder) }
      return
    }
    guard depth < ReportedFolders.depth else { return }
    for name in try FileStatus.names(in: folder) where !name.hasPrefix(".") {
      let path = FileStatus.path(of: name, in: folder)
      if FileStatus.isFolder(path) { try take(path, depth: depth + 1) }
    }
  }
}
