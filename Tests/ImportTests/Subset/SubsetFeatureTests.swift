import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

/// Vocabularies and numbers are those of the new training part.
@Suite struct SubsetFeatureTests {
  /// Users x and y with one training and one test sample each, and a feature of every kind.
  private func dataset(_ ids: [String] = ["x", "y"]) -> Dataset {
    var dataset = Dataset.literal(
      items: ["a", "b", "c"],
      [
        (ids[0], [(0, 10), (1, 20)], [(0, 10, 1, 0, 0), (1, 11, 1, 1, 0)], [(1, 20, 1, 1, 0)]),
        (ids[1], [(2, 30)], [(2, 15, 1, 0, 0)], [(2, 30, 1, 0, 0)]),
      ])
    dataset.features.users = [
      Feature(
        "age", .categorical(vocabulary: "age", table: "age"), [.values(Column([0, -1]))], description: "",
        source: "")
    ]
    dataset.features.items = [
      Feature(
        "tags", .categorical(vocabulary: "tag", table: "tag"),
        [.lists(offsets: Column([0, 2, 3, 4]), values: Column([0, 1, 1, 2]))], description: "", source: ""),
      Feature(
        "price", .numeric(steps: [.log, .standardised(mean: 0, deviation: 1)]),
        [.numbers(Column([1, 3, 7]), missing: Column([0, 0, 1]))], description: "", source: ""),
      Feature(
        "shape", .vector(width: 2), [.numbers(Column([1, 2, 3, 4, 5, 6]), missing: nil)], description: "",
        source: ""),
    ]
    dataset.features.samples = [
      Feature(
        "device", .categorical(vocabulary: "device", table: "device"),
        [.values(Column([0, 0, 1])), .values(Column([1, 0]))], description: "", source: ""),
      Feature(
        "rank", .numeric(steps: [.quantiles(edges: [5])]),
        [.numbers(Column([1, 2, 9]), missing: nil), .numbers(Column([8, 1]), missing: nil)], description: "",
        source: ""),
    ]
    dataset.features.events = [
      Feature(
        "seconds", .numeric(steps: []), [.numbers(Column([0.5, 1.5, 2.5]), missing: nil)], description: "",
        source: "")
    ]
    func vocabulary(_ name: String, _ values: [String], minimum: Int) -> Vocabulary {
      Vocabulary(
        name, .values(StringColumn(values), known: values.count, minimumCount: minimum),
        counts: Column(repeatElement(0, count: values.count)))
    }
    dataset.features.vocabularies = [
      vocabulary("age", ["young"], minimum: 0),
      vocabulary("tag", ["red", "blue", "green"], minimum: 2),
      vocabulary("device", ["phone", "desk"], minimum: 1),
    ]
    dataset.countOccurrences()
    dataset.orderVocabularies()
    dataset.fitNumericSteps()
    return dataset
  }

  private func values(_ dataset: Dataset, _ owner: FeatureOwner, _ name: String, part: Int = 0) throws
    -> [[String]]
  {
    let feature = try #require(dataset.features.feature(owner, name))
    let names = try #require(dataset.features.vocabulary(of: feature)?.values)
    let rows = [dataset.users.count, dataset.items.count, dataset.events.count]
    let count =
      switch owner {
      case .users: rows[0]
      case .items: rows[1]
      case .samples: part == 0 ? dataset.train.count : dataset.test.count
      case .events: rows[2]
      }
    return (0..<count).map { row in feature.columns[part].values(ofRow: row).map { names[Int($0)] } }
  }

  private func numbers(_ dataset: Dataset, _ owner: FeatureOwner, _ name: String, part: Int = 0) throws
    -> [Float]
  {
    let feature = try #require(dataset.features.feature(owner, name))
    guard case .numbers(let numbers, _) = feature.columns[part] else { return [] }
    return Array(numbers.values)
  }

  private func steps(_ dataset: Dataset, _ owner: FeatureOwner, _ name: String) throws -> [NumericStep] {
    guard case .numeric(let steps)? = dataset.features.feature(owner, name)?.kind else { return [] }
    return steps
  }

  @Test func featuresFollowTheirRows() throws {
    let log = try SubsetLog()
    let whole = dataset()
    let (again, _) = try log.subset(whole) { $0.split = .rule(.timestamp(15)) }
    #expect(again.contentDigest() == whole.contentDigest())

    // All of x's samples train, and y's last one.
    let (other, _) = try log.subset(whole) { $0.split = .rule(.timestamp(20)) }
    #expect(other.train.count == 4 && other.test.count == 1)
    #expect(try values(other, .samples, "device") == [["phone"], ["phone"], ["desk"], ["desk"]])
    #expect(try values(other, .samples, "device", part: 1) == [["phone"]])
    #expect(try numbers(other, .samples, "rank") == [1, 2, 8, 9])
    #expect(try values(other, .items, "tags") == [["red", "blue"], ["blue"], ["green"]])
    #expect(try values(other, .users, "age") == [["young"], []])
    // a and c are the candidate of one training sample, b of two: 3 blue, and the others below their minimum of 2.
    let tags = try #require(other.features.vocabulary("tag"))
    #expect(tags.known == 1 && Array(tags.counts.values) == [3, 1, 1] && tags.values?[0] == "blue")
    // Candidates a, b, b; c has no price.
    let logs = [log1p(1.0), log1p(3.0), log1p(3.0)]
    let mean = logs.reduce(0, +) / 3
    let deviation = (logs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3).squareRoot()
    guard case .standardised(let found, let spread)? = try steps(other, .items, "price").last else {
      Issue.record("no standardised step")
      return
    }
    #expect(abs(found - mean) < 1e-12 && abs(spread - deviation) < 1e-12)
    // Half of 1, 2, 8, 9 lies below 8.
    #expect(try steps(other, .samples, "rank") == [.quantiles(edges: [8])])
  }

  @Test func valuesThatNobodyHasGo() throws {
    let log = try SubsetLog()
    let (one, _) = try log.subset(dataset()) { $0.users = .ids(["y"]) }
    #expect(one.itemIds == ["c"])
    #expect(try values(one, .items, "tags") == [["green"]] && one.features.vocabulary("tag")?.count == 1)
    #expect(one.features.vocabulary("tag")?.known == 0)
    #expect(one.features.vocabulary("age")?.count == 0)
    #expect(try numbers(one, .items, "shape") == [5, 6])
    #expect(try numbers(one, .events, "seconds") == [2.5])
    #expect(one.features.feature(.items, "price")?.column.isMissing(0) == true)
    #expect(try values(one, .samples, "device", part: 1) == [["phone"]])
    #expect(try numbers(one, .samples, "rank", part: 1) == [1])
  }

  @Test func featuresAreJoinedByValue() throws {
    let log = try SubsetLog()
    let (first, second) = (dataset(), dataset(["y", "z"]))
    let (merged, account) = try log.merge([first, second])
    #expect(merged.userIds == ["x", "y", "z"] && account.sharedUsers == 1 && account.sharedItems == 3)
    // The first file says what y is.
    #expect(try values(merged, .users, "age") == [["young"], [], []])
    #expect(try values(merged, .items, "tags") == [["red", "blue"], ["blue"], ["green"]])
    #expect(try numbers(merged, .items, "shape") == [1, 2, 3, 4, 5, 6])
    // y: a@10 b@20 of the second file, c@30 of the first; z: c@30.
    #expect(merged.eventTexts == ["a@10", "b@20", "a@10", "b@20", "c@30", "c@30"])
    #expect(try numbers(merged, .events, "seconds") == [0.5, 1.5, 0.5, 1.5, 2.5, 2.5])
    #expect(merged.sampleTexts(merged.train).dropFirst(2).prefix(3) == ["a@10#0=1", "b@11#1=1", "c@15#1=1"])
    #expect(
      try values(merged, .samples, "device") == [
        ["phone"], ["phone"], ["phone"], ["phone"], ["desk"], ["desk"],
      ])
    let tags = try #require(merged.features.vocabulary("tag"))
    #expect(Array(tags.counts.values) == [4, 2, 2] && tags.known == 3)
  }
}
