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
        "2 something else of the user than in the first row in time with a value, which stands 3",
        "2 something else of the item than in the first row in time with a value, which stands 3",
      ])
  }

  /// A row that says nothing contradicts nothing.
  @Test func missingValuesAreNoContradictions() throws {
    let found = try result("u,a,0,10,30,A,x\nu,a,1,20,,,\nu,a,1,30,30,A,x\n")
    #expect(found.account.files[0].lostValues.isEmpty)
    #expect(found.values(.users, "age") == ["30.0"] && found.values(.items, "tags") == ["x"])
  }

  /// Each feature is that of the first row with a value for it, in whichever order the file has the rows.
  @Test func aLaterRowSaysWhatTheFirstDoesNot() throws {
    let found = try result("u,a,0,30,31,C,z\nu,a,1,10,,A,\nu,b,1,20,30,B,q\n")
    #expect(found.values(.users, "age") == ["30.0"] && found.values(.users, "city") == ["A"])
    #expect(found.values(.items, "tags") == ["z", "q"])
    #expect(
      found.account.files[0].lostValues.map { "\($0.count) \($0.what) \($0.line)" } == [
        "3 something else of the user than in the first row in time with a value, which stands 3"
      ])
    #expect(found.account.features.first { $0.path == "users/age" }?.missing == 0)
  }

  /// A file of items may list one twice, each time with something else.
  @Test func aFileFillsWhatItsFirstRowLeavesOpen() throws {
    let found = try TableResult(
      """
      log: {files: log.csv}
      label: label
      items: {file: items.csv, key: item, features: {brand: {}, price: {kind: numeric}, tags: {list: "|"}}}
      split: {fraction: 0.5}
      """,
      [
        "log.csv": "user,item,label,timestamp\nu,a,1,1\nu,b,0,2\nu,c,0,3\n",
        "items.csv": "item,brand,price,tags\na,,1,x\nb,B,2,\na,A,3,y\na,A,1,x\nz,Z,1,\n",
      ])
    #expect(found.values(.items, "brand") == ["A", "B", "-"])
    #expect(found.values(.items, "price") == ["1.0", "2.0", "(0.0)"])
    #expect(found.values(.items, "tags") == ["x", "", ""])
    let file = found.account.files[1]
    #expect(
      file.leftOut.map { "\($0.count) \($0.what)" } == [
        "1 the item is not in the log", "1 the item is listed a second time",
      ])
    #expect(file.lostValues.map { "\($0.count) \($0.line)" } == ["2 4"])
    #expect(found.account.itemsWithoutRow == 1)
  }

  /// Values that no row keeps leave no trace: what another row's value took the place of, and what rows had that were
  /// left out as repeats.
  @Test func vocabulariesHoldOnlyValuesThatAreUsed() throws {
    let found = try result("u,a,0,30,31,LATER,x\nu,a,1,10,30,A,y|z\nu,b,1,20,30,A,q\n")
    #expect(found.vocabulary("users_city") == ["A:2"])
    #expect(found.vocabulary("items_tags") == ["y:1", "z:1", "q:1"])
    let repeated = try TableResult(
      """
      log: {files: log.csv}
      label: label
      sample_features: {device: {}}
      split: {fraction: 0.5}
      """, ["log.csv": "user,item,label,timestamp,device\nu,a,0,1,phone\nu,a,0,1,desk\nu,b,1,2,tv\n"])
    #expect(repeated.vocabulary("samples_device") == ["phone:1", "|tv:0"])
  }
}
