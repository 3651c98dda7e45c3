import Foundation
import Support
import Testing

@Suite struct SuggestionFileTests {
  @Test func namesTheFileThatWasMeant() throws {
    let folder = FileManager.default.temporaryDirectory.path + "/lcft-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for name in ["amazon-din.yaml", "amazon-lr.yaml", ".hidden"] {
      try Data().write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
    }
    #expect(
      Suggestion.hint(missing: "\(folder)/amazon-din.yml") == " (did you mean \(folder)/amazon-din.yaml?)")
    #expect(
      Suggestion.hint(missing: "\(folder)/amazn-lr.yaml") == " (did you mean \(folder)/amazon-lr.yaml?)")
    for other in ["movielens.yaml", "hidden", "no/such/folder.yaml"] {
      #expect(Suggestion.hint(missing: "\(folder)/\(other)") == "")
    }
  }
}
