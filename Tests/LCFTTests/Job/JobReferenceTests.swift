import Foundation
import LCFT
import TestSupport
import Testing

@Suite struct JobReferenceTests {
  static let path = RepositoryFile.path("docs/jobs.md")

  /// docs/jobs.md is what the tables say. LCFT_WRITE_DOCS=1 writes it anew.
  @Test func committedReferenceIsTheTables() throws {
    if ProcessInfo.processInfo.environment["LCFT_WRITE_DOCS"] != nil {
      try JobReference.markdown.write(toFile: JobReferenceTests.path, atomically: true, encoding: .utf8)
    }
    let committed = try String(contentsOfFile: JobReferenceTests.path, encoding: .utf8)
    #expect(
      committed == JobReference.markdown,
      "run LCFT_WRITE_DOCS=1 swift test --filter JobReferenceTests and commit docs/jobs.md")
  }

  @Test func everySettingIsInIt() {
    let lines = JobReference.markdown.split(separator: "\n")
    for (name, setting) in Job.sections.all() {
      #expect(
        lines.contains { $0.hasPrefix("| `\(setting.key)`") && $0.contains(setting.sentence) }, "\(name)")
      #expect(setting.sentence.hasSuffix("."), "\(name)")
      #expect(!setting.words.contains("|") && !setting.sentence.contains("|"), "\(name)")
    }
  }
}
