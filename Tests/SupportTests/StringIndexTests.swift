import Support
import Testing

@Suite struct StringIndexTests {
  @Test func findsTheFirstRowOfAText() {
    let texts = (0..<5000).map { "id \($0 % 3000)" } + ["", "größe"]
    let index = StringIndex(StringColumn(texts))
    let looked = StringColumn(["id 0", "id 2999", "id 3000", "größe", "", "id"])
    let rows = (0..<looked.count).map { index.row(of: looked.bytes(ofRow: $0)) }
    #expect(rows == [0, 2999, nil, 5001, 5000, nil])
    let first = StringIndex(StringColumn(texts), count: 10)
    #expect(first.row(of: looked.bytes(ofRow: 0)) == 0 && first.row(of: looked.bytes(ofRow: 1)) == nil)
    let none = StringIndex(StringColumn([String]()))
    #expect(none.row(of: looked.bytes(ofRow: 0)) == nil)
  }
}
