import Foundation

/// Files of the repository.
package enum RepositoryFile {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// `name` is a path from the repository's top.
  package static func path(_ name: String) -> String { root.appendingPathComponent(name).path }
}

/// Files of Tests/Fixtures.
package enum FixtureFile {
  package static func path(_ name: String) -> String { RepositoryFile.path("Tests/Fixtures/\(name)") }
}
