import IO
import Import
import Support
import TestSupport
import Testing

@Suite struct KnownTableTests {
  let folder = try! FileTestFolder()

  private func read(
    _ text: String, _ change: (inout KnownTable.Columns) -> Void = { _ in }
  ) throws -> KnownTable {
    var columns = KnownTable.Columns()
    columns.user.need = .required
    change(&columns)
    return try KnownTable(
      try folder.write(text, to: "pairs.csv"), columns, featureDataset().features, of: [.samples],
      utcOffset: 0)
  }

  /// Values have the rows of the vocabulary, whatever the order of lines and columns; missing ones have none.
  @Test func rowsOfValues() throws {
    let table = try read(
      """
      price,place,item_id,screen,user,other
      2.5,place-2,b,1.5|2,u,x
      ,place-0,a,,v,x
      -1,,b,3|4,u,x

      """)
    #expect(table.count == 3 && table.time.isEmpty)
    #expect(table.user == [0, 1, 0] && table.item == [0, 1, 0] && table.items[1] == "a")
    let columns = try #require(table.features[.samples])
    #expect((0..<3).map { columns[0].values(ofRow: $0).first } == [2, 0, nil])
    guard case .numbers(let prices, let missing?) = columns[1], case .numbers(let screens, _) = columns[2]
    else {
      Issue.record("numbers")
      return
    }
    #expect(Array(prices.values) == [2.5, 0, -1] && Array(missing.values) == [0, 1, 0])
    #expect(Array(screens.values) == [1.5, 2, 0, 0, 3, 4])
    #expect(table.withoutColumn.isEmpty && table.account.unusedColumns == ["other"])
  }

  /// A value that the vocabulary does not have is missing where no row stands for such values, and counted.
  @Test func unknownValues() throws {
    let table = try read("user,item,place\nu,a,place-1\nu,b,nowhere\nu,c,nowhere\n")
    #expect(table.unknownValues.map(\.vocabulary) == ["place"] && table.unknownValues[0].count == 2)
    #expect((0..<3).map { table.features[.samples]![0].values(ofRow: $0).first } == [1, nil, nil])
    #expect(table.withoutColumn == ["samples/price", "samples/screen"])
  }

  /// Values of a vocabulary with a row for rare ones take that row, each as often as it is another value.
  @Test func valuesOfTheUnknownRow() throws {
    let dataset = ExampleFiles.featured()
    var columns = KnownTable.Columns()
    columns.user.need = .required
    let table = try KnownTable(
      try folder.write("user,item,tags\nu,a,tag 3|new|newer\nu,a,\n", to: "pairs.csv"), columns,
      dataset.features, of: [.samples], utcOffset: 0)
    let tags = try #require(table.features[.samples])[2]
    let vocabulary = try #require(dataset.features.vocabulary("tag"))
    #expect(tags.values(ofRow: 0).map { min(Int($0), vocabulary.known) } == [3, 10, 10])
    #expect(tags.values(ofRow: 1).isEmpty && table.unknownValues[0].count == 2)
  }

  @Test func refusals() throws {
    #expect(throws: ImportError.self) { try read("user,product\nu,a\n") }
    #expect(throws: ImportError.self) { try read("user,item\n") }
    #expect(throws: ImportError.self) { try read("user,item\nu,\n") }
    #expect(throws: ImportError.self) { try read("user,item,time\nu,i,soon\n") }
    let skipped = try read("user,item,time\nu,i,soon\nu,i,5\n") { $0.malformed = .skip }
    #expect(skipped.count == 1 && skipped.account.leftOutRows == 1 && skipped.time == [5])
  }
}
