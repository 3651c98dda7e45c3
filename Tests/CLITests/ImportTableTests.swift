import Foundation
import IO
import Support
import TestSupport
import Testing

/// A newcomer's log: from the files to a data set with features.
@Suite struct ImportTableTests {
  private func folder() throws -> FileTestFolder {
    let folder = try FileTestFolder()
    let rows = (0..<60).map { row in
      "2024-03-\(row % 9 + 10)T0\(row % 7):15:00Z;visitor \(row % 6);p\(row % 8);"
        + "\(row % 5 == 0 ? "" : "\(row).99");\(row % 3 == 0 ? "true" : "false");a|b\(row % 2)"
    }
    try folder.write(
      "When?;Visitor ID;sku;list price;is_click;tags\n" + rows.joined(separator: "\n") + "\n", to: "views.csv"
    )
    return folder
  }

  @Test func fromAGuessToADataset() throws {
    let folder = try folder()
    let guess = try Command.lcft(["import", "table", "--guess", folder.file("views.csv")])
    try #require(guess.status == 0, "\(guess.errors)")
    let schema = try folder.write(guess.output, to: "views.yaml")
    let done = try Command.lcft(["import", "table", "--schema", schema, "--output", folder.file("views.h5")])
    try #require(done.status == 0, "\(done.errors)")
    #expect(done.output.contains("views.csv: 60 rows read, 60 used"))
    #expect(done.output.contains("samples/list_price: numeric, 12 of 60 rows without one"))
    let dataset = try DatasetFile.read(folder.file("views.h5"))
    #expect(dataset.users.count == 6 && dataset.items.count == 8)
    #expect(dataset.features.samples.map(\.name) == ["list_price", "tags", "hour"])
    #expect(dataset.features.vocabulary("samples_tags")?.count == 3)
    #expect(dataset.provenance.settings["schema"] == guess.output.trimmingCharacters(in: .newlines))
  }

  @Test func refusals() throws {
    let folder = try folder()
    let text = "log: {files: views.csv, user: Visitor ID, item: sku, time: When?}\nlabel: is_click\n"
    let schema = try folder.write(text, to: "s.yaml")
    let command = ["import", "table", "--schema", schema]
    // Neither the log nor the schema may be replaced.
    for input in ["views.csv", "s.yaml"] {
      try RefusalTests.refused(
        command + ["--overwrite", "--output", folder.file(input)], "same file as the input")
    }
    try RefusalTests.refused(command + ["--output", folder.file("no/such.h5")], "make it first")
    let wrong = try folder.write(text + "sample_feature: {}\n", to: "wrong.yaml")
    try RefusalTests.refused(
      ["import", "table", "--schema", wrong, "--output", folder.file("o.h5")], "wrong.yaml:3:",
      "did you mean sample_features?")
    let missing = try folder.write(text + "sample_features: {colour: {}}\n", to: "missing.yaml")
    try RefusalTests.refused(
      ["import", "table", "--schema", missing, "--output", folder.file("o.h5")], "no column colour")
    #expect(!FileManager.default.fileExists(atPath: folder.file("o.h5")))
    let both = try Command.lcft(["import", "table", "--schema", schema])
    #expect(both.status != 0 && both.errors.contains("give --output"))
  }

  /// Files that are looked at twice must be kept, and objects stand on a line each.
  @Test func filesThatAreNoTables() throws {
    let folder = try FileTestFolder()
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    let output = folder.file("o.h5")
    try RefusalTests.refused(
      ["import", "csv", "--interactions", folder.file("pipe"), "--output", output],
      "is a pipe, which can be read only once: write it to a file, or use lcft import table")
    try RefusalTests.refused(["import", "table", "--guess", folder.file("pipe")], "write it to a file first")
    for text in ["{\n  \"user\": 1\n}\n", "{}\n"] {
      let file = try folder.write(text, to: "log.json")
      try RefusalTests.refused(
        ["import", "table", "--guess", file], "one object per line is expected; jq -c .")
    }
    let blank = try folder.write("\n\n", to: "blank.csv")
    try RefusalTests.refused(["import", "table", "--guess", blank], "blank.csv:1: the line is blank")
    #expect(!FileManager.default.fileExists(atPath: output))
  }

  /// A schema that lies elsewhere than its files, which may have other names.
  @Test func filesOfAShippedSchema() throws {
    let (folder, data) = (try FileTestFolder(), try FileTestFolder())
    let schema = try folder.write(
      """
      log: {files: log.csv, time: t}
      label: y
      items: {file: items.csv, features: {brand: {}}}
      """, to: "s.yaml")
    let log = "user,item,t,y\nu,a,1,1\nu,b,2,0\n"
    let items = "item,brand\na,x\nb,y\n"
    try data.write(log, to: "log.csv")
    try data.write(items, to: "items.csv")
    try data.write(log.replacing("u,", with: "v,"), to: "second.csv")
    try data.write(items + "c,z\n", to: "others.csv")
    let command = ["import", "table", "--schema", schema]
    // Beside the schema there are none.
    try RefusalTests.refused(
      command + ["--output", folder.file("none.h5")], "log.csv: is not there; --folder says")
    let named = try Command.lcft(
      command + ["--folder", data.path, "--output", folder.file("named.h5")])
    try #require(named.status == 0, "\(named.errors)")
    #expect(try DatasetFile.read(folder.file("named.h5")).users.count == 1)
    let given = try Command.lcft(
      command + ["--log", data.file("log.csv"), data.file("second.csv"), "--items", data.file("others.csv")]
        + ["--output", folder.file("given.h5")])
    try #require(given.status == 0, "\(given.errors)")
    #expect(given.output.contains("second.csv: 2 rows read, 2 used"))
    #expect(given.output.contains("others.csv: 1 of 3 rows left out, 2 used"))
    #expect(try DatasetFile.read(folder.file("given.h5")).users.count == 2)
    // No input is replaced, and the schema has no users.
    try RefusalTests.refused(
      command + ["--folder", data.path, "--overwrite", "--output", data.file("items.csv")],
      "same file as the input")
    try RefusalTests.refused(
      command + ["--folder", data.path, "--users", data.file("log.csv"), "--output", folder.file("u.h5")],
      "s.yaml describes no file of users")
  }
}
