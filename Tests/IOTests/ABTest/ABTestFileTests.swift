import Foundation
import HDF5
import IO
import TestSupport
import Testing

@Suite struct ABTestFileTests {
  let folder = try! FileTestFolder()

  static func example(truth: Bool = true) -> ABTest {
    ABTest(
      methods: ["cloud", "soft1"],
      settings: ABTest.Settings(days: 2, visits: 1.5, candidates: 9, shown: 3, seed: 1 << 63 + 5),
      users: ABTest.Users(
        row: [0, 1, 2], bucket: [1, 0, 1], localCTR: [0.25, 0.5, 1], diverged: [0, 1, 0]),
      days: ABTest.Days(
        impressions: [3, 0, 6, 3, 3, 3], clicks: [1, 0, 2, 3, 0, 1],
        expectedClicks: [0.5, 0, 2.25, 2, 0.125, 1], oracleClicks: [1, 0, 3, 2.5, 1, 1],
        randomClicks: [0.25, 0, 1, 1, 0.125, 0.5]),
      counterfactuals: truth ? [0.5, 0.75, 4, 4.25, 1, 1.125] : nil, model: "LR", job: "name: x\n",
      datasetDigest: "d", checkpointDigest: "c")
  }

  @Test(arguments: [true, false])
  func comesBack(truth: Bool) throws {
    let test = ABTestFileTests.example(truth: truth)
    try ABTestFile.write(test, to: folder.file("t.h5"))
    #expect(try ABTestFile.read(folder.file("t.h5")) == test)
    #expect(try FileKind.of(folder.file("t.h5")) == .abTest)
    let summary = try FileSummary.read(folder.file("t.h5"))
    #expect(summary.datasets.allSatisfy { !$0.description.isEmpty })
    #expect(summary.datasets.first { $0.path == "/days/clicks" }?.shape == [3, 2])
  }

  @Test func digestTellsTestsApart() {
    let test = ABTestFileTests.example()
    var other = test
    other.days.clicks[3] = 2
    #expect(other.contentDigest() != test.contentDigest())
    other = test
    other.counterfactuals![5] = 1
    #expect(other.contentDigest() != test.contentDigest())
    other = test
    other.users.bucket = [0, 0, 1]
    #expect(other.contentDigest() != test.contentDigest())
  }

  @Test func columnsThatDoNotFitAreRefused() throws {
    var test = ABTestFileTests.example()
    test.users.bucket[2] = 2
    try ABTestFile.write(test, to: folder.file("bucket.h5"))
    expectFileError(["/users/bucket: row 2: 2", "0 to 1"]) {
      _ = try ABTestFile.read(folder.file("bucket.h5"))
    }
    test = ABTestFileTests.example()
    test.users.localCTR.removeLast()
    try ABTestFile.write(test, to: folder.file("short.h5"))
    expectFileError(["/users/local_ctr: wrong shape: 3 expected, found [2]"]) {
      _ = try ABTestFile.read(folder.file("short.h5"))
    }
  }
}
