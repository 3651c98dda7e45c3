import Import
import Testing
import YAML

/// Which columns may be which features.
extension SchemaTests {
  /// A file of users or items of its own has columns of its own.
  @Test func otherFilesMayHaveColumnsOfTheSameName() throws {
    let text =
      "log: {files: a}\nlabel: y\nevent_features: {z: {}}\nusers: {file: u, features: {y: {}, z: {}}}"
    #expect(try Schema.parse(text, file: "s.yaml").users?.features.map(\.name) == ["y", "z"])
  }

  /// What a ratio is divided by is known when the item is shown; what is divided is not.
  @Test func theDivisorOfARatioMayBeAFeature() throws {
    func text(_ column: String) -> String {
      "log: {files: a}\nlabel: {columns: [played, length], at_least: 0.5}\nsample_features: {x: {column: \(column)}}"
    }
    #expect(try Schema.parse(text("length"), file: "s.yaml").sampleFeatures.count == 1)
    #expect(throws: YAMLError.self) { try Schema.parse(text("played"), file: "s.yaml") }
  }

  /// Stars in comments are no aliases.
  @Test func comments() throws {
    let comments = String(repeating: "# a list: *one, *two\n", count: 20)
    #expect(try Schema.parse(comments + "log: {files: a}", file: "s.yaml").log.files == ["a"])
  }
}
