import IO
import Import
import Support
import TestSupport
import Testing

/// A new split of a data set is what the import of the log makes with that split.
@Suite struct SubsetSplitTests {
  static let items = "item,category\n" + (0..<19).map { "i\($0),c\($0 % 4)\n" }.joined()

  @Test(arguments: [nil, "rating", "label"]) func theSameSplitIsTheSameContent(_ value: String?) throws {
    let log = try SubsetLog()
    let split = SplitRule.fraction(0.7)
    let dataset = try log.dataset(SubsetLog.rows(), value: value, split: split, items: Self.items)
    let (again, account) = try log.subset(dataset) { $0.split = .rule(split) }
    #expect(again.contentDigest() == dataset.contentDigest())
    #expect(again.provenance.splitRule == dataset.provenance.splitRule)
    #expect(account.files.allSatisfy { $0.leftOutRows == 0 && $0.rows > 0 })
  }

  @Test(arguments: [nil, "rating", "label"]) func anotherSplitIsThatOfTheImport(_ value: String?) throws {
    let log = try SubsetLog()
    let rows = SubsetLog.rows()
    let cut = SplitRule.timestamp(1_300_000_000 + 50 * 20_000)
    let splits = [cut, .fraction(0.3), .fraction(0.8)]
    let dataset = try log.dataset(rows, value: value, split: .fraction(0.55), items: Self.items)
    for split in splits {
      let expected = try log.dataset(rows, value: value, split: split, items: Self.items)
      let (again, _) = try log.subset(dataset) { $0.split = .rule(split) }
      #expect(again.contentDigest() == expected.contentDigest(), "\(split)")
      #expect(again.contentDigest() != dataset.contentDigest())
    }
  }

  @Test func theMinimumOfTrainingSamplesIsThatOfTheImport() throws {
    let log = try SubsetLog()
    let rows = SubsetLog.rows()
    let dataset = try log.dataset(rows, value: "label", split: .fraction(0.5))
    let expected = try log.dataset(rows, value: "label", split: .fraction(0.8), minimum: 17)
    let (again, account) = try log.subset(dataset) {
      $0.split = .rule(.fraction(0.8))
      $0.minimumTrainingSamples = 17
    }
    #expect(again.lines == expected.lines)
    #expect(again.contentDigest() == expected.contentDigest())
    let samples = try #require(account.files.first { $0.file.hasSuffix("samples") })
    #expect(samples.leftOut.map(\.what) == ["the user has no more than 17 training samples"])
    #expect(samples.usedRows == expected.train.count + expected.test.count)
    #expect(throws: ImportError.self) { try log.subset(dataset) { $0.minimumTrainingSamples = 10_000 } }
  }

  @Test func theLastDaysTest() throws {
    // 1970-01-03 ends at 259199.
    let log = try SubsetLog()
    let dataset = Dataset.literal(
      items: ["a", "b"],
      [
        (
          "u", [(0, 86_399), (1, 86_400), (0, 259_199)],
          [(0, 86_399, 1, 0, 0), (1, 86_399, 0, 0, 1), (1, 86_400, 1, 1, 0), (0, 86_400, 0, 1, 1)],
          [(0, 259_199, 1, 2, 0), (1, 259_199, 0, 2, 1)]
        )
      ])
    let (two, _) = try log.subset(dataset) { $0.split = .lastDays(2) }
    #expect(two.provenance.splitRule == "timestamp <= 86399")
    #expect(two.sampleTexts(two.train) == ["a@86399#0=1", "b@86399#0=0*"])
    #expect(
      two.sampleTexts(two.test) == ["b@86400#1=1", "a@86400#1=0*", "a@259199#2=1", "b@259199#2=0*"])
    let (one, _) = try log.subset(dataset) { $0.split = .lastDays(1) }
    #expect(one.contentDigest() == dataset.countedDigest)
  }

  /// A fraction counts positives, and their negatives come along.
  @Test func negativesStayWithTheirPositives() throws {
    let log = try SubsetLog()
    let dataset = Dataset.literal(
      items: ["a", "b", "c"],
      [
        (
          "u", [(0, 10), (1, 20)],
          [(0, 10, 1, 0, 0), (2, 10, 0, 0, 1), (2, 10, 0, 0, 1), (1, 20, 1, 1, 0), (2, 20, 0, 1, 1)], []
        )
      ])
    let (half, account) = try log.subset(dataset) { $0.split = .rule(.fraction(0.5)) }
    #expect(half.sampleTexts(half.train) == ["a@10#0=1", "c@10#0=0*", "c@10#0=0*"])
    #expect(half.sampleTexts(half.test) == ["b@20#1=1", "c@20#1=0*"])
    #expect(account.negatives?.drawn == 3 && account.warnings.isEmpty)
    #expect(account.labelled.samples == 2)
  }

  @Test func aSetWithoutTimesIsRefusedForWhatNeedsThem() throws {
    let log = try SubsetLog()
    var dataset = try log.dataset(SubsetLog.rows(), value: "label", split: .fraction(0.5))
    dataset.train.timestamp = nil
    dataset.test.timestamp = nil
    let path = log.directory.path + "/input.h5"
    for (option, change) in [
      ("--split-time", { $0.split = .rule(.timestamp(1_300_000_000)) }),
      ("--split-fraction", { $0.split = .rule(.fraction(0.5)) }),
      ("--last-days", { $0.split = .lastDays(1) }),
      ("a period of days", { $0.firstDay = CalendarDay("2011-01-01") }),
    ] as [(String, (inout DatasetSubset.Options) -> Void)] {
      #expect(throws: SubsetError.noTimes(file: path, option: option)) { try log.subset(dataset, change) }
    }
    // Users and cores need none.
    let (fewer, _) = try log.subset(dataset) { $0.users = .ids(["u1"]) }
    #expect(fewer.userIds == ["u1"] && fewer.train.timestamp == nil)
  }
}

extension Dataset {
  /// The digest of the same content with counted vocabularies, as a file that was read has it.
  var countedDigest: String {
    var counted = self
    counted.countOccurrences()
    return counted.contentDigest()
  }
}
