import IO
import Import
import Support
import TestSupport
import Testing

/// The kinds of feature and their parameters.
@Suite struct TableFeatureTests {
  private func result(_ features: String, _ rows: [String], header: String = "u,i,t,y,f,g") throws
    -> TableResult
  {
    try TableResult(
      """
      log: {files: log.csv, user: u, item: i, time: t}
      label: y
      \(features)
      split: {time: 100}
      """, ["log.csv": ([header] + rows).joined(separator: "\n") + "\n"])
  }

  @Test func numbersTakeTheirParametersFromTheTrainingPart() throws {
    // Eight rows train, f is 1 to 8; the test row's 1000 must not matter.
    let rows = (1...8).map { "u,i\($0),\($0),\($0 % 2),\($0)," } + ["u,z,200,1,1000,"]
    let features = try result(
      """
      sample_features:
        plain: {column: f, kind: numeric, transform: standardised}
        parts: {column: f, kind: numeric, transform: quantiles(4)}
        both: {column: f, kind: numeric, transform: [log, standardised]}
      """, rows
    ).dataset.features
    guard case .numeric(let plain)? = features.feature(.samples, "plain")?.kind,
      case .numeric(let parts)? = features.feature(.samples, "parts")?.kind,
      case .numeric(let both)? = features.feature(.samples, "both")?.kind
    else {
      Issue.record("numeric features")
      return
    }
    #expect(plain == [.standardised(mean: 4.5, deviation: 5.25.squareRoot())])
    #expect(parts == [.quantiles(edges: [3, 5, 7])])
    // Two values in each quarter.
    #expect((1...8).map { parts.apply(Double($0)) } == [0, 0, 1, 1, 2, 2, 3, 3])
    // The mean of ln 2 to ln 9.
    #expect(abs(both.apply((362_880.0 as Double).squareRoot().squareRoot().squareRoot() - 1)) < 1e-9)
  }

  @Test(arguments: [1, 128, 1 << 20])
  func quantilesOfManyNumbersInAnyOrder(_ distance: Int) throws {
    // Numbers that differ in their last bits, all over, or in their sign; 7 and 401 have no common divisor.
    let numbers = (0..<401).map { 1_600_000_000 * min(distance - 1, 1) + distance * ($0 * 7 % 401 - 200) }
    let rows = numbers.enumerated().map { "u,i\($0),\($0 % 100),1,\($1)," }
    let features = try result("sample_features: {f: {kind: numeric, transform: quantiles(4)}}", rows)
    guard case .numeric(let steps)? = features.dataset.features.feature(.samples, "f")?.kind else {
      Issue.record("numeric feature")
      return
    }
    let rising = numbers.sorted()
    #expect(steps == [.quantiles(edges: [100, 200, 300].map { Double(rising[$0]) })])
  }

  @Test func hashedValuesKeepTheirRowsAndCountCollisions() throws {
    let rows = (0..<40).map { "u,i\($0),\($0),1,v\($0 % 20)," }
    let result = try result("sample_features: {f: {hash: 8}}", rows)
    let vocabulary = try #require(result.dataset.features.vocabulary("samples_f"))
    #expect(vocabulary.count == 8 && vocabulary.values == nil)
    for (row, value) in result.values(.samples, "f").enumerated() {
      #expect(value == "#\(KeyedRandom.key("v\(row % 20)") % 8)")
    }
    let collisions = try #require(vocabulary.collisions)
    let rowsOf = Dictionary(grouping: (0..<20).map { KeyedRandom.key("v\($0)") % 8 }) { $0 }
    #expect(collisions.distinct == 20)
    #expect(collisions.colliding == rowsOf.values.reduce(0) { $0 + ($1.count > 1 ? $1.count : 0) })
    #expect(vocabulary.counts.elements.reduce(0, +) == 40)
  }

  @Test func knownValuesComeFirstInTheOrderOfTheSource() throws {
    let rows = [
      "u,a,1,1,rare,", "u,b,2,0,often,", "u,c,3,1,seldom,", "u,d,4,0,often,", "u,e,5,0,twice,",
      "u,g,6,0,twice,",
    ]
    let result = try result("sample_features: {f: {min_count: 2}}", rows)
    #expect(result.vocabulary("samples_f") == ["often:2", "twice:2", "|rare:1", "|seldom:1"])
    #expect(result.values(.samples, "f") == ["rare", "often", "seldom", "often", "twice", "twice"])
    #expect(result.account.features[0].rareShare == 2.0 / 6)
  }

  @Test func sharedVocabularyCountsBothFeatures() throws {
    let rows = ["u,a,1,1,x,y", "u,b,2,0,y,z"]
    let result = try result(
      "sample_features: {f: {vocabulary: word, table: words}, g: {vocabulary: word, table: words}}", rows)
    #expect(result.vocabulary("word") == ["x:1", "y:2", "z:1"])
    #expect(result.dataset.features.vocabularies.count == 1)
    #expect(result.dataset.features.samples.allSatisfy { $0.categorical?.table == "words" })
  }

  @Test func oneBadValueCostsThatValue() throws {
    let long = String(repeating: "x", count: 300)
    let rows = ["u,a,1,1,\(long),1e60", "u,b,2,0,ok,nan", "u,c,3,0,ok,2"]
    let result = try result("sample_features: {f: {}, g: {kind: numeric}}", rows)
    #expect(result.dataset.train.count == 3)
    #expect(result.values(.samples, "f") == ["-", "ok", "ok"])
    #expect(result.values(.samples, "g") == ["(0.0)", "(0.0)", "2.0"])
    #expect(
      result.account.files[0].lostValues.map(\.what) == ["f has more than 256 bytes", "g is not finite"])
  }

  @Test func missingValuesMayBeSpeltOtherwise() throws {
    let schema = """
      log: {files: log.csv, user: u, item: i, time: t, missing: ["?", "unknown value"]}
      label: y
      sample_features: {f: {}}
      """
    let result = try TableResult(
      schema, ["log.csv": "u,i,t,y,f\nu,a,1,1,?\nu,b,2,0,unknown value\nu,c,3,1,NA\n"])
    #expect(result.values(.samples, "f") + result.values(.samples, "f", part: 1) == ["-", "-", "NA"])
  }

  @Test func vectorsOfAFieldAndOfAFile() throws {
    let schema = """
      log: {files: log.csv, user: u, item: i, time: t}
      label: y
      items:
        file: items.csv
        key: i
        features:
          image: {kind: vector, width: 2, list: " "}
          genome: {kind: vector, file: scores.csv, key: movie, index: tag, value: score}
      """
    let result = try TableResult(
      schema,
      [
        "log.csv": "u,i,t,y\nu,a,1,1\nu,b,2,0\nu,c,3,1\n",
        "items.csv": "i,image\na,1 3\nb,3 5\nc,1 2 3\n",
        "scores.csv": "movie,tag,score\na,1,0.5\na,2,-4\nc,2,8\nc,1,1.5\nz,1,1\n",
      ])
    // What is missing has the mean of the others.
    #expect(result.values(.items, "image") == ["1.0 3.0", "3.0 5.0", "(2.0 4.0)"])
    #expect(result.values(.items, "genome") == ["0.5 -4.0", "(1.0 2.0)", "1.5 8.0"])
    #expect(result.account.files[1].lostValues.count == 1)
  }

  @Test func negativesHaveTheContextOfTheirPositive() throws {
    let schema = """
      log: {files: log.csv, user: u, item: i, time: t}
      negatives: {per_user: 2, keep_first: true, own_items: excluded}
      sample_features: {place: {}}
      split: {time: 2}
      """
    let items = (0..<10).map { "w,i\($0),9,other" }.joined(separator: "\n")
    let result = try TableResult(
      schema, ["log.csv": "u,i,t,place\nu,a,1,top\nu,b,2,end\nu,c,3,mid\n\(items)\n"])
    #expect(result.values(.samples, "place") == ["top", "top", "top", "end", "end", "end"])
    #expect(Array(result.values(.samples, "place", part: 1).prefix(3)) == ["mid", "mid", "mid"])
    #expect(result.dataset.train.label.elements == [1, 0, 0, 1, 0, 0])
  }

  /// Lists as pandas writes them, and amounts of money.
  @Test func bracketsAndAmounts() throws {
    let result = try TableResult(
      """
      log: {files: log.csv, time: t}
      label: y
      sample_features: {tags: {list: true}, price: {kind: numeric}}
      split: {time: 99}
      """,
      [
        "log.csv": """
        user,item,t,y,tags,price
        u,a,1,1,"[27, 9]","$1,299.00"
        u,b,2,0,"['its, so', ""b]""]",€ 5
        u,c,3,1,[don't],-2.5
        u,d,4,0,[],"$12,99"
        u,e,5,0,x|[y],$9.99 - $19.99
        u,f,6,0,"[""open, end]",£-3

        """
      ])
    #expect(
      result.values(.samples, "tags") == ["27+9", "its, so+b]", "don't", "", "x+[y]", "\"open, end"])
    #expect(result.values(.samples, "price") == ["1299.0", "5.0", "-2.5", "(0.0)", "(0.0)", "-3.0"])
    #expect(result.account.files[0].lostValues.map(\.count) == [2])
  }

  /// Of the rows of an item the first counts.
  @Test func repeatedItems() throws {
    let result = try TableResult(
      """
      log: {files: log.csv, time: t}
      label: y
      items: {file: items.csv, features: {brand: {}}}
      split: {time: 99}
      """,
      ["log.csv": "user,item,t,y\nu,a,1,1\n", "items.csv": "item,brand\na,first\na,second\na,third\n"])
    #expect(result.values(.items, "brand") == ["first"])
    let leftOut = try #require(result.account.files[1].leftOut.first)
    #expect(leftOut.what == "the item is listed a second time" && leftOut.count == 2 && leftOut.line == 3)
  }
}
