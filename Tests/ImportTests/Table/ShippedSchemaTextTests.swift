import Foundation
import Import
import Testing

/// The schemas in the program are those of the folder.
@Suite struct ShippedSchemaTextTests {
  /// LCFT_WRITE_DOCS=1 writes the program's texts anew.
  @Test func theProgramHasTheFilesTexts() throws {
    let folder = URL(filePath: ShippedSchemaTests.folder)
    var texts: [String: String] = [:]
    for name in try ShippedSchemaTests.names {
      texts[String(name.dropLast(".yaml".count))] = try String(
        contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    if ProcessInfo.processInfo.environment["LCFT_WRITE_DOCS"] != nil {
      for (name, group) in Self.groups(texts) {
        let capital = name.prefix(1).uppercased() + name.dropFirst()
        let file = folder.appending(path: "../Sources/Import/Shipped/ShippedSchema+\(capital).swift")
        try Self.source(name, group).write(to: file, atomically: true, encoding: .utf8)
      }
      return
    }
    #expect(
      ShippedSchema.texts == texts,
      "run LCFT_WRITE_DOCS=1 swift test --filter ShippedSchemaTextTests and commit Sources/Import/Shipped")
  }

  /// By the part of the program that holds them.
  private static func groups(_ texts: [String: String]) -> [String: [String: String]] {
    Dictionary(grouping: texts) { name, _ in
      if name.hasPrefix("movielens") { return "movieLens" }
      if name.hasPrefix("amazon") || name == "yelp" { return "amazon" }
      return name.hasPrefix("kuai") ? "video" : "click"
    }.mapValues { Dictionary(uniqueKeysWithValues: $0.map { ($0.key, $0.value) }) }
  }

  private static func source(_ name: String, _ texts: [String: String]) -> String {
    var lines = [
      "extension ShippedSchema {", "  /// Written by ShippedSchemaTextTests from the files of `schemas/`.",
      "  static let \(name)Texts = [",
    ]
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      lines.append("    \"\(name)\": #\"\"\"")
      lines += text.split(separator: "\n", omittingEmptySubsequences: false).map {
        $0.isEmpty ? "" : "    \($0)"
      }
      lines.append("    \"\"\"#,")
    }
    return (lines + ["  ]", "}", ""]).joined(separator: "\n")
  }
}
