import IO
import Import
import Support
import TestSupport
import Testing

/// Which columns JSON lines have, and what becomes of objects in them.
@Suite struct TableKeyTests {
  private let schema = "log: {files: log.jsonl, user: u, item: i, time: t}\nsplit: {fraction: 0.5}\n"

  /// The column that looks like a label comes in the second line.
  @Test func keysOfAllLinesCount() throws {
    let log = """
      {"u": "a", "i": "x", "t": 1}
      {"u": "a", "i": "y", "t": 2, "is_click": 0, "device": "q"}
      {"device": "q", "u": "b", "i": "z", "t": 3}
      """
    let error = #expect(throws: ImportError.self) { try TableResult(schema, ["log.jsonl": log]) }
    guard case .unstatedLabel(_, "is_click") = error else {
      Issue.record("\(error.map { "\($0)" } ?? "no error")")
      return
    }
    let found = try TableResult(schema + "label: none\n", ["log.jsonl": log])
    #expect(found.account.files[0].unusedColumns == ["is_click", "device"])
  }

  /// A line that is cut short has no keys.
  @Test func keysOfMalformedLinesDoNotCount() throws {
    let log =
      "{\"u\": \"a\", \"clicked\": 1, \"i\n{\"u\": \"a\", \"i\": \"x\", \"t\": 1}\n{\"u\": \"a\", \"i\": \"y\", \"t\": 2}\n"
    let found = try TableResult(schema + "on_error: skip\n", ["log.jsonl": log])
    #expect(found.account.files[0].unusedColumns.isEmpty && found.account.files[0].leftOutRows == 1)
  }

  @Test func objectsAsValuesAreCounted() throws {
    let found = try TableResult(
      schema + "label: none\nsample_features: {place: {}}\n",
      [
        "log.jsonl": """
        {"u": "a", "i": "x", "t": 1, "place": "top"}
        {"u": "a", "i": "y", "t": 2, "place": {"row": 1}}
        {"u": "a", "i": "z", "t": 3, "place": null}
        """
      ])
    let lost = found.account.files[0].lostValues
    #expect(lost.map(\.count) == [1] && lost[0].line == 2)
    #expect(lost[0].what.hasPrefix("place is an object"))
  }

  /// The schema's key that named a column is told where the file has no such column.
  @Test func theKeyThatNamedAMissingColumnIsTold() throws {
    let files = ["log.csv": "u,i,t\na,x,1\na,y,2\n", "users.csv": "id,age\na,3\n"]
    let text =
      "log: {files: log.csv, user: u, item: i, time: t}\nusers: {file: users.csv, features: {age: {}}}\n"
    let error = #expect(throws: ImportError.self) { try TableResult(text, files) }
    #expect(
      "\(try #require(error))".hasSuffix(
        "no column u in the header \"id,age\", whose fields are separated by commas; name it with users.key of the schema"
      ))
  }

  /// A log may be long: what is wrong with the columns of users and items is told before it is read.
  @Test func otherHeadersAreSeenBeforeTheLog() throws {
    let files = ["log.csv": "u,i,t\na,x,never\n", "items.csv": "i,city\nx,3\n"]
    let text =
      "log: {files: log.csv, user: u, item: i, time: t}\nitems: {file: items.csv, features: {town: {}}}\n"
    let error = #expect(throws: ImportError.self) { try TableResult(text, files) }
    #expect("\(try #require(error))".contains("items.csv:1: no column town in the header \"i,city\""))
  }
}
