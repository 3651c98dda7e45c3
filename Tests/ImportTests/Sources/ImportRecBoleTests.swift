import IO
import Import
import Support
import TestSupport
import Testing

/// RecBole's atomic files.
@Suite struct ImportRecBoleTests {
  private func folder() throws -> FileTestFolder {
    let directory = try FileTestFolder()
    try directory.write(
      "user_id:token\titem_id:token\trating:float\ttimestamp:float\tplace:token\n1\ta\t5\t10.5\ttop\n1\tb\t3\t20\tend\n",
      to: "toy.inter")
    try directory.write("user_id:token\tage:float\n1\t30\n2\t40\n", to: "toy.user")
    try directory.write(
      "item_id:token\ttitle:token_seq\timage:float_seq\nb\tThe \"Big\" Cat\t1 2\na\t\"The Cat\t0.5 4\n",
      to: "toy.item")
    return directory
  }

  @Test(arguments: ["", "/toy"]) func columnsByTheirTypes(_ name: String) throws {
    let directory = try folder()
    let schema = try RecBoleFiles(directory.path + name).schema()
    let dataset = try TableImport.run(schema)
    #expect(dataset.provenance.kind == "recbole")
    #expect(dataset.events.label.elements == [1, 0])
    #expect(dataset.events.timestamp.elements == [10, 20])
    let title = try #require(dataset.features.feature(.items, "title"))
    let words = try #require(dataset.features.vocabulary(of: title)?.values)
    #expect(title.column.values(ofRow: 0).map { words[Int($0)] } == ["\"The", "Cat"])
    #expect(dataset.features.feature(.items, "image")?.vectorWidth == 2)
    #expect(dataset.features.feature(.users, "age")?.kind == .numeric(steps: []))
    #expect(dataset.features.samples.map(\.name) == ["place"])
  }

  @Test func aLabelByAnotherNameMustBeNamed() throws {
    let directory = try FileTestFolder()
    let file = try directory.write(
      "user_id:token\titem_id:token\tis_click:float\ttimestamp:float\n1\ta\t0\t10\n1\tb\t1\t20\n1\tc\t0\t30\n",
      to: "toy.inter")
    #expect(throws: ImportError.unusedLabel(file: file, column: "is_click")) {
      try RecBoleFiles(directory.path).schema()
    }
    var names = LogColumns.Names()
    names.label = "is_click"
    let dataset = try TableImport.run(RecBoleFiles(directory.path).schema(names))
    #expect(dataset.events.label.elements == [0, 1, 0])
    names.label = nil
    names.allPositive = true
    #expect(try RecBoleFiles(directory.path).schema(names).label == Schema.Label.none)
    #expect(throws: ImportError.self) {
      try RecBoleFiles(directory.path).schema(names, afterwards: ["nosuch"])
    }
  }

  @Test func labelsAndWhatIsKnownAfterwards() throws {
    let directory = try folder()
    #expect(
      try RecBoleFiles(directory.path).schema(threshold: 3).label
        == .threshold(columns: ["rating"], atLeast: 3, notRated: []))
    let afterwards = try RecBoleFiles(directory.path).schema(afterwards: ["place"])
    #expect(afterwards.sampleFeatures.isEmpty && afterwards.eventFeatures.map(\.name) == ["place"])
    let labelled = try directory.write(
      "user_id:token\titem_id:token\tlabel:float\trating:float\ttimestamp:float\n1\ta\t1\t5\t10\n",
      to: "more.inter")
    let schema = try RecBoleFiles(String(labelled.dropLast(6))).schema()
    #expect(schema.label == .values(column: "label", positive: [], negative: []))
    #expect(schema.eventFeatures.map(\.name) == ["rating"])
    // Two logs in one folder: which one?
    #expect(throws: ImportError.noAtomicFiles(path: directory.path, count: 2)) {
      try RecBoleFiles(directory.path)
    }
    #expect(throws: ImportError.noAtomicFiles(path: "/no/such", count: 0)) { try RecBoleFiles("/no/such") }
  }

  @Test func aTypeThatThereIsNotIsNamed() throws {
    let directory = try FileTestFolder()
    let file = try directory.write("user_id:tokn\titem_id:token\ttimestamp:float\n1\ta\t10\n", to: "x.inter")
    #expect(throws: ImportError.unknownType(file: file, column: "user_id", type: "tokn")) {
      try RecBoleFiles(directory.path).schema()
    }
  }

  /// Warnings name what the command has.
  @Test func warningsNameTheCommandsOptions() throws {
    let directory = try FileTestFolder()
    try directory.write(
      "user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\ta\t80\t10\n1\tb\t90\t20\n",
      to: "toy.inter")
    let log = EventLog()
    _ = try TableImport.run(RecBoleFiles(directory.path).schema()) { log.events.append($0) }
    let texts = log.warnings.map { "\($0)" }
    #expect(texts.contains { $0.contains("--threshold") })
    #expect(!texts.contains { $0.contains("label.") || $0.contains("log.") || $0.contains("split:") })
  }
}
