import IO
import Report
import Studies
import Support
import TestSupport
import Testing

@Suite struct DatasetDescriptionTests {
  @Test func featuresAreListedWithWhatIsRareAndMissing() throws {
    let dataset = ExampleFiles.featured()
    let lines = DatasetDescription(dataset).text.split(separator: "\n").map(String.init)
    func line(_ feature: String) throws -> String {
      try #require(lines.first { $0.hasPrefix(feature + " ") }, "\(feature)")
    }
    #expect(try line("items/brand").contains("categorical, hashed"))
    #expect(try line("items/brand").contains("24 (20 collide)"))
    #expect(try line("items/genome").contains("70 numbers"))
    #expect(try line("items/price").contains("numeric, log, standardised"))
    #expect(try line("samples/tags").contains("categorical, a list"))
    #expect(try line("events/dwell").contains("-3 to 10.71"))

    // Cities 6, 7 and 8 of nine have no row of their own; the home of every tenth user is missing.
    let cells = try line("users/home").split(whereSeparator: \.isWhitespace).map(String.init)
    var (all, rare, missing) = (0, 0, 0)
    for user in 0..<dataset.users.count {
      let samples = dataset.train.rows(ofUser: user).count
      all += samples
      if user % 10 == 0 { missing += samples }
      if user % 10 > 6 { rare += samples }
    }
    #expect(cells[..<4] == ["users/home", "categorical", "9", "6"])
    #expect(cells[4] == text(Double(rare) / Double(all - missing) * 100, 1) + "%")
    #expect(cells[6] == text(Double(missing) / Double(all) * 100, 1) + "%")
  }

  /// Both counts of a row of Table 1 are of the same users.
  @Test func table1HasOnePopulationPerRow() throws {
    let dataset = smallDataset()
    let text = DatasetDescription(dataset).text
    // User 0 has no training samples and user 1 no test samples.
    let own = (2..<dataset.users.count).reduce(0) {
      $0 + dataset.train.rows(ofUser: $1).count + dataset.test.rows(ofUser: $1).count
    }
    #expect(text.contains(try Regex("with training and test samples +\(dataset.users.count - 2) +\(own) ")))
    let (users, train) = (dataset.users.count, dataset.train.count)
    let ctr = Support.text(dataset.globalCTR, 4)
    #expect(text.contains(try Regex("the training part +\(users - 1) +\(train) +\(ctr)\n")))
    let all = dataset.train.count + dataset.test.count
    #expect(text.contains(try Regex("\nall +\(dataset.users.count) +\(all) ")))
  }

  /// A world's description says what can be reached at best, and that each group of features is worth something there.
  @Test func bestPossibleAUCOfAWorld() throws {
    var options = SyntheticWorld.Options(users: 400, items: 200, seed: 2)
    options.features = true
    let text = DatasetDescription(try SyntheticWorld(options).dataset()).text
    func auc(_ row: String) throws -> Double {
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("  \(row) ") }, "\(row)")
      return try #require(Double(line.split(separator: " ").last ?? ""))
    }
    let best = try auc("true probabilities")
    #expect(best > 0.83 && best < 0.92)
    for group in ["users'", "items'", "samples'"] {
      let without = try auc("without \(group) features")
      #expect(without < best - 0.005, "\(group)")
      #expect(without > (try auc("without features")), "\(group)")
    }
    #expect(!DatasetDescription(smallDataset()).text.contains("Best possible"))
  }

  /// As in reports and jobs, a user at an edge belongs to the group below it.
  @Test func localCTRsAtAnEdge() {
    var dataset = smallDataset(users: 40)
    let label = Column<UInt8>(repeatElement(0, count: dataset.train.count))
    var below = 0
    for user in 0..<40 {
      let rows = dataset.train.rows(ofUser: user)
      guard !rows.isEmpty, !dataset.test.rows(ofUser: user).isEmpty else { continue }
      // Two or four of every five.
      for row in rows.prefix(rows.count / 5 * (user % 2 == 0 ? 2 : 4)) { label.values[row] = 1 }
      below += 1
    }
    dataset.train.label = label
    let lines = DatasetDescription(dataset).text.split(separator: "\n")
    #expect(below > 0 && lines.contains { $0.hasPrefix("  0.4 to 0.5  ") && $0.contains(" 0 ") })
  }

  /// Where nearly all users would share one of ten equal intervals, the intervals hold equally many instead.
  @Test func crowdedLocalCTRsAreCutByQuantiles() {
    var dataset = smallDataset(users: 300)
    let label = Column<UInt8>(repeatElement(0, count: dataset.train.count))
    for user in 0..<300 {
      // One positive of more and more samples.
      if let row = dataset.train.rows(ofUser: user).first { label.values[row] = 1 }
    }
    dataset.train.label = label
    let lines = DatasetDescription(dataset).text.split(separator: "\n")
    let bars = lines.drop { !$0.hasPrefix("Local CTR") }.dropFirst()
    #expect(bars.count == 10)
    #expect(bars.allSatisfy { line in line.contains(#/ (29|30|31|32) +#/#) })
  }
}
