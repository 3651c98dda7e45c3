import IO
import Import
import Support
import TestSupport
import Testing

/// Lists that stand in several columns, or go on after what is wanted.
@Suite struct TableListTests {
  private func result(_ features: String, _ items: String, form: String = "") throws -> TableResult {
    try TableResult(
      "log: {files: log.csv}\nlabel: label\nitems: {file: items.csv\(form), features: {\(features)}}\n",
      ["log.csv": "user,item,label,timestamp\nu,a,0,1\nu,b,1,2\nu,c,1,3\n", "items.csv": items])
  }

  @Test func flagsAreOneList() throws {
    let found = try result(
      "genre: {flags: [Action, Comedy, \"War film\"]}",
      "item,Action,Comedy,War film\na,1,0,1\nb,0,0,\nc,true,1.0,2\n")
    #expect(found.values(.items, "genre") == ["Action+War film", "", "Action+Comedy"])
    #expect(found.account.files[1].lostValues.map(\.what) == ["War film is neither 0 nor 1"])
    #expect(
      found.dataset.features.feature(.items, "genre")?.source == "items.csv: flags Action, Comedy, War film")
  }

  @Test func severalColumnsAreOneList() throws {
    let found = try result(
      "path: {columns: [main, sub], list: \"|\"}", "item,main,sub\na,x,y|z\nb,x,x\nc,,q\n")
    #expect(found.values(.items, "path") == ["x+y+z", "x", "q"])
    let plain = try result("path: {columns: [main, sub]}", "item,main,sub\na,x,y|z\nb,x,x\nc,,q\n")
    #expect(plain.values(.items, "path") == ["x+y|z", "x", "q"])
  }

  @Test func theLastOfAListAreKept() throws {
    let items = "item,path\na,r|s|t|u\nb,s|r|s\nc,\n"
    #expect(try result("path: {list: \"|\", keep: 2}", items).values(.items, "path") == ["t+u", "r+s", ""])
    // What goes has no row in the vocabulary.
    #expect(
      try result("path: {list: \"|\", keep: 1}", items).vocabulary("items_path").map { $0.first } == [
        "u", "s",
      ])
    let long = String(repeating: "x", count: 300)
    let found = try result("path: {list: \"|\", keep: 2}", "item,path\na,r|s|\(long)\n")
    #expect(found.values(.items, "path")[0] == "r+s")
    #expect(found.account.files[1].lostValues.map(\.count) == [1])
  }

  @Test func bulletPointsAfterAPathAreCutOff() throws {
    let items = (0..<12).map {
      #"{"item": "i\#($0)", "category": ["Home", "Type \#($0 / 3)", "Point \#($0)", "!"]}"#
    }
    let log = (0..<12).map { "u\($0 % 2),i\($0),\($0 % 3 == 0 ? 1 : 0),\($0)\n" }.joined()
    func result(_ more: String) throws -> TableResult {
      try TableResult(
        "log: {files: log.csv}\nlabel: label\n"
          + "items: {file: items.jsonl, features: {category: {list: true\(more)}}}\n",
        ["log.csv": "user,item,label,timestamp\n" + log, "items.jsonl": items.joined(separator: "\n") + "\n"])
    }
    let found = try result(", path: true")
    #expect(found.values(.items, "category") == (0..<12).map { "Home+Type \($0 / 3)" })
    #expect(found.account.files[1].guesses.contains { $0.contains("24 names after the paths are left out") })
    #expect(
      try result(", path: true, keep: 1").values(.items, "category") == (0..<12).map { "Type \($0 / 3)" })
    #expect(try result("").values(.items, "category")[0] == "Home+Type 0+Point 0+!")
  }

  /// One column may hold the delimiter without quotes.
  @Test func aTitleMayHoldTheDelimiter() throws {
    let found = try result(
      "genre: {list: \"|\"}", "a::Face::Off (1997)::x|y\nb::B::y\nc::D::E::F::z\n",
      form: ", delimiter: double-colon, columns: [item, title, genre], rest: title")
    #expect(found.values(.items, "genre") == ["x+y", "y", "z"])
    let first = try result(
      "title: {}", "a,x,1\nb,1\nc,z\n", form: ", header: false, columns: [item, title], rest: title")
    #expect(first.values(.items, "title") == ["x,1", "1", "z"])
    let error = #expect(throws: ImportError.self) {
      try result("title: {}", "a,x,1\nb\nc,z\n", form: ", columns: [item, title], rest: title")
    }
    #expect("\(try #require(error))".contains("items.csv:2: 1 field where 2 are expected"))
  }

  /// Vectors of another width than they are said to have.
  @Test func aVectorOfAnotherWidthIsNamed() throws {
    let found = try result("v: {kind: vector, width: 2}", "item,v\na,1|2\nb,1|2|3\nc,4\n")
    #expect(found.values(.items, "v") == ["1.0 2.0", "(1.0 2.0)", "(1.0 2.0)"])
    let lost = try #require(found.account.files[1].lostValues.first)
    #expect(lost.what == "v does not have 2 numbers" && lost.count == 2)
    #expect(lost.example == "v has 3 numbers where each row has 2 (width: says how many)")
  }
}
