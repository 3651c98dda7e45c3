import IO
import Import
import Support
import TestSupport
import Testing

/// What is found in the first lines of files, and what is said where it is not.
@Suite struct HeaderTests {
  private let folder = try! FileTestFolder()

  private func message(_ body: () throws -> Void) throws -> String {
    let error = #expect(throws: ImportError.self, performing: body)
    return "\(try #require(error))"
  }

  private func csv(_ text: String) throws -> Dataset {
    try CSVImport.run(
      .init(interactions: try folder.write(text, to: "log.csv"), split: .fraction(0.5), seed: 1))
  }

  /// A delimiter within quotes is part of a name.
  @Test func quotedNames() throws {
    let text = "\"price, list\",user,item,timestamp,label\n5,u,a,1,1\n6,u,b,2,0\n"
    #expect(try csv(text).events.count == 2)
    var columns = KnownTable.Columns()
    columns.user.need = .required
    let table = try KnownTable(
      try folder.write(text, to: "pairs.csv"), columns, Features(), of: [], utcOffset: 0)
    #expect(table.count == 2 && table.account.unusedColumns == ["price, list", "label"])
    #expect(try SchemaGuess([folder.file("log.csv")]).text.contains("price__list: {column: \"price, list\""))
  }

  @Test func aMissingColumnIsExplained() throws {
    #expect(
      try message { _ = try csv("When?;Member ID;sku;label\na;b;c;1\n") }
        == folder.file("log.csv")
        + ":1: no column user in the header \"When?;Member ID;sku;label\", whose fields are separated by semicolons "
        + "(did you mean Member ID?); name it with --user-column")
    let one = try message {
      try folder.write("user^item^timestamp\nu^a^1\n", to: "log.csv")
      _ = try TableImport.run(Schema.read(try folder.write("log: {files: log.csv}\n", to: "s.yaml")))
    }
    #expect(one.contains("is one column where fields are separated by commas: --delimiter"))
    #expect(
      try message { _ = try csv("user^item^timestamp\nu^a^1\n") }.contains("one field: --delimiter says"))
    let keys = try message {
      let file = try folder.write("{\"member\": \"u\", \"item\": \"a\"}\n", to: "pairs.jsonl")
      var columns = KnownTable.Columns()
      columns.user.need = .required
      _ = try KnownTable(file, columns, Features(), of: [], utcOffset: 0)
    }
    #expect(keys.contains("pairs.jsonl: no key user in its objects, which have member, item"))
  }

  /// Columns whose names differ in case alone are told apart by nobody.
  @Test func namesInAnotherCase() throws {
    #expect(
      try message { _ = try csv("User,USER,item,timestamp\nu,v,a,1\n") }.contains(
        "columns User and USER differ in the case of letters alone"))
    #expect(
      try message {
        var columns = KnownTable.Columns()
        columns.user.need = .required
        let file = try folder.write("User,USER,item\nu,v,a\n", to: "pairs.csv")
        _ = try KnownTable(file, columns, Features(), of: [], utcOffset: 0)
      }.contains("columns User and USER differ in the case of letters alone"))
    #expect(try csv("user,USER,item,timestamp,label\nu,v,a,1,1\nu,v,b,2,0\n").users.id[0] == "u")
  }

  @Test(arguments: ["{\n  \"user\": 1\n}\n", "{}\n{}\n"]) func whatIsNoObjectPerLine(_ text: String) throws {
    let file = try folder.write(text, to: "log.jsonl")
    #expect(throws: ImportError.noObjects(file: file)) { try SchemaGuess([file]) }
    #expect("\(ImportError.noObjects(file: file))".contains("jq -c ."))
  }

  @Test func filesWithoutRows() throws {
    let blank = try folder.write("\n\n", to: "blank.csv")
    #expect(throws: ImportError.blankHeader(file: blank)) { try SchemaGuess([blank]) }
    let header = try folder.write("user,item,timestamp,price\n", to: "header.csv")
    #expect(
      try SchemaGuess([header]).text.contains("has no rows: what its columns hold is not known"))
  }

  /// A dry run finds what the import would: the headers of a second log and of a file of vectors.
  @Test func aDryRunFindsWrongHeaders() throws {
    try folder.write("user,item,timestamp,label\nu,a,1,1\nu,b,2,0\n", to: "log.csv")
    try folder.write("user,time,item\nu,0,a\n", to: "second.csv")
    try folder.write("item,place,number\na,1,0.5\n", to: "vectors.csv")
    func look(_ text: String) throws {
      let schema = try folder.write("log: {files: log.csv}\nlabel: label\n" + text, to: "s.yaml")
      _ = try TableImport.look(Schema.read(schema))
    }
    try look("history: {files: second.csv, time: time}\n")
    #expect(try message { try look("history: {files: second.csv}\n") }.contains("no column timestamp"))
    let items =
      "items: {features: {image: {kind: vector, file: vectors.csv, key: item, index: place, value: "
    try look(items + "number}}}\n")
    #expect(try message { try look(items + "score}}}\n") }.contains("vectors.csv:1: no column score"))
  }

  /// RecBole's names that make one name of a feature, and a vector that the first row does not have.
  @Test func columnsOfRecBole() throws {
    try folder.write(
      "user_id:token\titem_id:token\tlabel:float\ttimestamp:float\ta b:token\ta_b:token\tv:float_seq\n"
        + "1\ta\t1\t10\tx\ty\t\n1\tb\t0\t20\tz\ty\t0.5 1\n", to: "toy.inter")
    let dataset = try TableImport.run(RecBoleFiles(folder.file("toy")).schema())
    #expect(dataset.features.samples.map(\.name) == ["a_b", "a_b_2", "v"])
    #expect(dataset.features.samples[2].vectorWidth == 2)
    try DatasetFile.write(dataset, to: folder.file("toy.h5"))
  }
}
