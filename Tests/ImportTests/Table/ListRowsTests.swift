import IO
import Testing

@Suite struct ListRowsTests {
  private func tags(_ lists: [[String]]) throws -> [String] {
    let rows = lists.enumerated().map { "u,i\($0),\($0),1,\($1.joined(separator: "|"))\n" }
    let found = try TableResult(
      "log: {files: log.csv}\nlabel: label\nsample_features: {tags: {list: \"|\"}}\nsplit: {time: 999}\n",
      ["log.csv": "user,item,timestamp,label,tags\n" + rows.joined()])
    return found.values(.samples, "tags")
  }

  /// Each value of a record stands once, where it came first, in short records and in long ones.
  @Test func valuesCountOnce() throws {
    let lists = [5, 32, 33, 400, 3].map { count in (0..<2 * count).map { "v\($0 * 7 % count)" } }
    let expected = lists.map { values in
      values.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: "+")
    }
    #expect(try tags(lists) == expected)
  }

  /// A list of many values takes a time that grows with its length, not with its square.
  @Test(.timeLimit(.minutes(1))) func longLists() throws {
    let values = (0..<200_000).map { "v\($0)" }
    #expect(try tags([values, ["x"]])[0] == values.joined(separator: "+"))
  }
}
