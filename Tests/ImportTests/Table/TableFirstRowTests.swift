import IO
import Import
import Support
import TestSupport
import Testing

/// Users and items that the log's own rows describe.
@Suite struct TableFirstRowTests {
  private func result(_ log: String) throws -> TableResult {
    try TableResult(
      """
      log: {files: log.csv}
      label: label
      users: {features: {age: {kind: numeric}, city: {}}}
      items: {features: {tags: {list: "|"}}}
      split: {fraction: 0.9}
      """, ["log.csv": "user,item,label,timestamp,age,city,tags\n" + log])
  }

  @Test func theFirstRowInTimeCounts() throws {
    let found = try result("u,a,0,30,31,B,x\nu,a,1,10,30,A,y|z\nu,b,1,20,30,A,q\nv,b,0,5,40,A,r\n")
    #expect(found.values(.users, "age") == ["30.0", "40.0"] && found.values(.users, "city") == ["A", "A"])
    #expect(found.values(.items, "tags") == ["y+z", "r"])
    #expect(
      found.account.files[0].lostValues.map { "\($0.count) \($0.what) \($0.line)" } == [
        "1 something else of the user than in the user's first row in time, which stands 3",
        "2 something else of the item than in the item's first row in time, which stands 3",
      ])
  }

  /// A row that says nothing contradicts nothing.
  @Test func missingValuesAreNoContradictions() throws {
    let found = try result("u,a,0,10,30,A,x\nu,a,1,20,,,\nu,a,1,30,30,A,x\n")
    #expect(found.account.files[0].lostValues.isEmpty)
    #expect(found.values(.users, "age") == ["30.0"] && found.values(.items, "tags") == ["x"])
  }
}
