import IO
import Import
import Support
import TestSupport
import Testing

/// The commands with options make what their schemas make, and nothing else.
@Suite struct ShortFormTests {
  /// Events and samples of a short form are those of the shipped schema.
  @Test func taobaosRowsAreThoseOfItsSchema() throws {
    let directory = try FileTestFolder()
    // Every second row follows the one before it, of the same user and item.
    let rows = (0..<200).map { row in
      let action = row % 2 == 0 ? "pv" : ["cart", "pv", "buy"][row % 3]
      return "\(row / 2 % 3),\(row / 2 % 11),c\(row / 2 % 11 % 4),\(action),\(1_511_539_200 + row * 3500)\n"
    }.joined()
    let file = try directory.write(rows, to: "UserBehavior.csv")
    var options = TaobaoImport.Options(.userBehavior(file))
    options.minimumTrainingSamples = nil
    let short = try TaobaoImport.run(options)
    let schema = try Schema.read(
      "\(ShippedSchemaTests.folder)/taobao-userbehavior.yaml", folder: directory.path)
    let whole = try TableResult(schema).dataset
    #expect(short.lines == whole.lines)
    #expect(
      short.train.label.elements == whole.train.label.elements && short.train.label.elements.contains(1))
    #expect(short.provenance.settings["layout"] == "schemas/taobao-userbehavior.yaml")
    #expect(short.features.samples.isEmpty && !whole.features.samples.isEmpty)
  }

  @Test func movieLensRowsAreThoseOfItsSchema() throws {
    let directory = try FileTestFolder()
    try directory.write("1::10::5::978300760\n1::20::3::978300761\n2::10::4::978300762\n", to: "ratings.dat")
    try directory.write(
      "10::Toy::Story (1995)::Animation|Comedy\n20::J (1995)::(no genres listed)\n", to: "movies.dat")
    try directory.write("1::F::1::10::48067\n2::M::56::16::70072\n", to: "users.dat")
    let short = try MovieLensImport.run(
      .init(directory: directory.path, split: .fraction(0.8), seed: 1))
    let whole = try TableResult(
      Schema.read("\(ShippedSchemaTests.folder)/movielens-1m.yaml", folder: directory.path))
    #expect(short.lines == whole.dataset.lines)
    #expect(short.itemLines == ["10: Animation Comedy", "20:"])
    #expect(whole.values(.items, "category") == ["Animation+Comedy", ""])
    #expect(short.features.users.isEmpty && whole.dataset.features.users.count == 4)
  }

  @Test func amazonsRowsAreThoseOfItsSchema() throws {
    let directory = try FileTestFolder()
    let reviews = (0..<40).map {
      #"{"reviewerID": "A\#($0 % 4)", "asin": "\#($0 % 9)", "overall": 5.0, "unixReviewTime": \#(1_300_000_000 + $0 * 5_000_000)}"#
    }.joined(separator: "\n")
    let file = try directory.write(reviews + "\n", to: "reviews.json")
    let metadata = try directory.write(
      "{'asin': '1', 'categories': [['a', 'b', 'c', 'd', 'e', 'f', 'g']], 'price': 2.5, 'brand': 'x'}\n",
      to: "meta.json")
    let short = try AmazonImport.run(
      .init(reviews: file, metadata: metadata, split: .timestamp(1_385_078_400), seed: 1))
    let schema = try Schema.read("\(ShippedSchemaTests.folder)/amazon-2014.yaml", folder: directory.path)
    let whole = try TableResult(schema)
    #expect(short.lines == whole.dataset.lines && short.test.count > 0)
    #expect(whole.values(.items, "category")[1] == "b+c+d+e+f+g" && short.itemLines[1] == "1: b c d e f g")
  }

  /// Without metadata the feature is there, and nothing misses it.
  @Test func withoutItemsThereIsAnEmptyCategory() throws {
    let directory = try FileTestFolder()
    let log = EventLog()
    let file = try directory.write(
      "user,item,label,timestamp\nu,a,1,1\nu,b,0,2\nv,a,0,3\nv,b,1,4\n", to: "log.csv")
    let dataset = try CSVImport.run(.init(interactions: file, split: .fraction(0.5), seed: 1)) {
      log.events.append($0)
    }
    #expect(dataset.features.items.map(\.name) == [Features.category] && dataset.itemLines == ["a:", "b:"])
    #expect(log.warnings.isEmpty)
    #expect(log.account?.features.isEmpty == true)
  }

  @Test func repeatsAndSameTimeAsGiven() throws {
    let directory = try FileTestFolder()
    let file = try directory.write(
      "user,item,timestamp,rating\nu,a,1,5\nu,a,1,5\nu,b,1,1\nu,c,2,4\n", to: "log.csv")
    var options = CSVImport.Options(interactions: file, split: .timestamp(9), seed: 1)
    #expect(try CSVImport.run(options).lines == ["u: a@1=1 a@1=1 b@1=0 c@2=1 | a#0=1 a#0=1 b#2=0 c#3=1 |"])
    options.rows.repeats = .first
    options.rows.sameTime = .exclude
    #expect(try CSVImport.run(options).lines == ["u: a@1=1 b@1=0 c@2=1 | a#0=1 b#0=0 c#2=1 |"])
  }
}
