import Foundation
import HDF5
import IO
import TestSupport
import Testing

@Suite struct ResultsFileTests {
  let folder = try! FileTestFolder()

  private func expectEqual(_ left: Results, _ right: Results) {
    func bits(_ values: some Collection<Double>) -> [UInt64] { values.map(\.bitPattern) }
    #expect(
      (0..<left.users.id.count).map { left.users.id[$0] }
        == (0..<right.users.id.count).map { right.users.id[$0] })
    #expect(left.users.row == right.users.row)
    #expect(left.users.trainCount == right.users.trainCount)
    #expect(left.users.trainPositives == right.users.trainPositives)
    #expect(left.users.testCount == right.users.testCount)
    #expect(left.users.testPositives == right.users.testPositives)
    #expect(bits(left.users.localCTR) == bits(right.users.localCTR))
    #expect(left.methods.map(\.name) == right.methods.map(\.name))
    for (left, right) in zip(left.methods, right.methods) {
      #expect(bits(left.alpha) == bits(right.alpha))
      #expect(bits(left.beta) == bits(right.beta))
      #expect(left.labelStatus == right.labelStatus)
      #expect(bits(left.auc) == bits(right.auc))
      #expect(left.aucStatus == right.aucStatus)
      #expect(bits(left.lossBefore) == bits(right.lossBefore))
      #expect(bits(left.lossAfter) == bits(right.lossAfter))
      #expect(left.summary == right.summary)
      #expect(left.predictions == right.predictions)
      #expect(left.shift.map { bits($0) } == right.shift.map { bits($0) })
    }
    #expect(left.items?.touched == right.items?.touched && left.items?.unseen == right.items?.unseen)
    #expect(left.predictions?.offsets == right.predictions?.offsets)
    #expect(left.predictions?.label == right.predictions?.label)
    #expect((left.untrained == nil) == (right.untrained == nil))
    if let left = left.untrained, let right = right.untrained {
      #expect(left.id.bytes.values.elementsEqual(right.id.bytes.values))
      #expect(
        (left.row, left.testCount, left.testPositives) == (right.row, right.testCount, right.testPositives))
      #expect(bits(left.auc) == bits(right.auc) && left.aucStatus == right.aucStatus)
      #expect(left.predictions?.offsets == right.predictions?.offsets)
      #expect(left.predictions?.label == right.predictions?.label)
      #expect(left.logits == right.logits)
      #expect(left.summary == right.summary && left.summaryOfAll == right.summaryOfAll)
    }
    let comparisons = [left, right].map { $0.significance?.comparisons ?? [] }
    #expect(comparisons[0].map(\.method) == comparisons[1].map(\.method))
    #expect(comparisons[0].map(\.against) == comparisons[1].map(\.against))
    #expect(comparisons[0].map(\.users) == comparisons[1].map(\.users))
    for path in [
      \Results.Comparison.difference, \.low, \.high, \.up, \.same, \.down,
    ] as [KeyPath<Results.Comparison, Double>] {
      #expect(
        bits(comparisons[0].map { $0[keyPath: path] }) == bits(comparisons[1].map { $0[keyPath: path] }))
    }
    #expect(left.significance?.draws == right.significance?.draws)
    #expect(left.significance?.seed == right.significance?.seed)
    #expect(left.model == right.model)
    #expect(left.globalCTR == right.globalCTR)
    #expect(left.job == right.job)
    #expect(left.datasetDigest == right.datasetDigest)
    #expect(left.checkpointDigest == right.checkpointDigest)
  }

  @Test func comesBackBitForBit() throws {
    let results = ExampleFiles.results()
    try ResultsFile.write(results, to: folder.file("r.h5"), created: ExampleFiles.created)
    let read = try ResultsFile.read(folder.file("r.h5"))
    expectEqual(read, results)
    #expect(read.contentDigest() == results.contentDigest())
    try ResultsFile.write(results, to: folder.file("again.h5"), created: ExampleFiles.created)
    #expect(try folder.bytes("r.h5") == folder.bytes("again.h5"))
  }

  @Test func comesBackWithoutPredictionsOrUsersOrMethods() throws {
    var results = ExampleFiles.results(users: 0)
    try ResultsFile.write(results, to: folder.file("r.h5"))
    expectEqual(try ResultsFile.read(folder.file("r.h5")), results)
    results = ExampleFiles.results()
    results.predictions = nil
    for method in results.methods.indices { results.methods[method].predictions = nil }
    try ResultsFile.write(results, to: folder.file("r.h5"))
    expectEqual(try ResultsFile.read(folder.file("r.h5")), results)
    results.methods = []
    results.significance = nil
    try ResultsFile.write(results, to: folder.file("r.h5"))
    expectEqual(try ResultsFile.read(folder.file("r.h5")), results)
  }

  @Test func comparisonsAreFoundFromBothSides() throws {
    let significance = try #require(ExampleFiles.results().significance)
    let found = try #require(significance.comparison(of: "soft1", against: "cloud"))
    #expect(found.method == "soft1" && found.against == "cloud" && found.users == 500)
    #expect((found.difference, found.low, found.high) == (0.1, -0.0625, 0.125))
    #expect(significance.comparison(of: "cloud", against: "soft1")?.difference == -0.1)
    #expect(significance.comparison(of: "cloud", against: "hard") == nil)
  }

  @Test func digestIsOfTheColumnsInAnyOrderOfMethods() {
    let results = ExampleFiles.results()
    var other = results
    other.methods.reverse()
    other.job = ""
    other.methods[0].summary.userAUC = 0
    #expect(other.contentDigest() == results.contentDigest())
    other.methods[0].aucStatus[changing: 1] = .notFinite
    #expect(other.contentDigest() != results.contentDigest())
    other = results
    other.significance?.comparisons[0].low = -0.1
    #expect(other.contentDigest() != results.contentDigest())
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func h5pyReadsWhatWasWritten() throws {
    let results = ExampleFiles.results()
    let path = folder.file("r.h5")
    try ResultsFile.write(results, to: path)
    let digest = try ForeignTool.script("content_digest.py", [path])
    #expect(digest.trimmingCharacters(in: .newlines) == results.contentDigest())
    let shown = try ForeignTool.json(
      "show.py",
      [
        path, "/methods/soft1/auc", "/methods/soft1/auc_status", "/methods/hard/label_status",
        "/summary/soft1@user_auc", "/summary/soft1@undefined_auc", "/predictions/hard", "/users/local_ctr",
      ])
    let auc = try #require(shown["/methods/soft1/auc"] as? [Any])
    #expect(auc[0] as? Double == 0)
    #expect(auc[1] as? String == "NaN")
    #expect(auc[4] as? Double == 4.0 / 2000)
    #expect(
      shown["/methods/soft1/auc_status:type"] as? [String: Int]
        == ["defined": 0, "onlyPositives": 1, "onlyNegatives": 2, "notFinite": 3])
    #expect((shown["/methods/soft1/auc_status"] as? [Int])?.prefix(5) == [0, 1, 2, 3, 0])
    #expect(
      shown["/methods/hard/label_status:type"] as? [String: Int]
        == ["uncorrected": 0, "corrected": 1, "undefined": 2])
    #expect(shown["/summary/soft1@user_auc"] as? Double == 0.6)
    #expect(shown["/summary/soft1@undefined_auc"] as? Int == 12)
    #expect(
      (shown["/predictions/hard"] as? [Double])?.map { Float($0) }
        == results.methods[2].predictions.map(Array.init))
    // Foundation rounds the last digit of JSON's numbers; the digest above is of every bit.
    let rates = try #require(shown["/users/local_ctr"] as? [Double])
    #expect(zip(rates, results.users.localCTR).allSatisfy { abs($0 - $1) < 1e-14 })
  }

  @Test(.enabled(if: ForeignTool.hasHDF5Tools, ForeignTool.withoutHDF5Tools))
  func h5dumpShowsTheReasonsByName() throws {
    let path = folder.file("r.h5")
    try ResultsFile.write(ExampleFiles.results(users: 4), to: path)
    let status = try ForeignTool.run("h5dump", ["-d", "/methods/cloud/auc_status", path])
    #expect(status.contains("(0): defined, onlyPositives, onlyNegatives, notFinite"))
    let auc = try ForeignTool.run("h5dump", ["-d", "/methods/cloud/auc", path])
    #expect(auc.contains(/\(0\): 0, -?nan, -?nan, -?nan/))
    let summary = try ForeignTool.run("h5dump", ["-a", "/summary/hard/user_auc", path])
    #expect(summary.contains("(0): 0.7"))
  }

  @Test func columnsThatDoNotBelongTogether() throws {
    func expect(
      _ fragments: String..., sourceLocation: SourceLocation = #_sourceLocation,
      change: (inout Results) -> Void
    ) throws {
      var results = ExampleFiles.results(users: 40)
      change(&results)
      try ResultsFile.write(results, to: folder.file("r.h5"))
      expectFileError([folder.file("r.h5")] + fragments, sourceLocation) {
        _ = try ResultsFile.read(folder.file("r.h5"))
      }
    }
    try expect("/users/local_ctr: wrong shape: 40 values expected, found [39]") {
      $0.users.localCTR.shorten()
    }
    try expect("/users/train_positives: row 2: 4", "0 to 3") { $0.users.trainPositives[changing: 2] = 4 }
    try expect("/users/row: row 1: -1") { $0.users.row[changing: 1] = -1 }
    try expect("/methods/cloud/beta: wrong shape") { $0.methods[1].beta = [1] }
    try expect("/methods/soft1/auc: row 0: nan", "0 to 1") { $0.methods[0].auc[changing: 0] = .nan }
    try expect("/methods/soft1/auc: row 1: 0.5", "auc_status is onlyPositives") {
      $0.methods[0].auc[changing: 1] = 0.5
    }
    try expect("/methods/hard/auc_status: wrong shape") { $0.methods[2].aucStatus.shorten() }
    // Row 2 has 2 test samples.
    try expect("/predictions/offsets: row 3: 3", "3 test samples") { $0.users.testCount[changing: 2] = 3 }
    try expect("/predictions/label: row 5: 3") { $0.predictions!.label[changing: 5] = 3 }
    try expect("/predictions/hard: wrong shape") { $0.methods[2].predictions!.shorten() }
    // Row 2 has 2 test samples.
    try expect("/shifts/touched: row 2: 3", "0 to 2") { $0.items!.touched[changing: 2] = 3 }
    try expect("/shifts/soft1: wrong shape") { $0.methods[0].shift!.shorten() }
    try expect("/significance/method: row 1: none", "soft1, cloud, hard") {
      $0.significance!.comparisons[1].method = "none"
    }
    try expect("/significance/users: row 0: -1") { $0.significance!.comparisons[0].users = -1 }
    try expect("/summary/cloud", "undefined_auc", "-1") { $0.methods[1].summary.undefinedAUC = -1 }
  }

  @Test func enumsOfOtherPrograms() throws {
    // Members in another order with other values are matched by name, plain integers by value.
    let path = folder.file("e.h5")
    func write(_ values: [UInt8]) throws {
      let file = try HDF5.File(creating: path)
      try file.root().write("plain", values, description: "")
      try file.root().write("status", [Reversed.undefined, .corrected, .uncorrected], description: "")
      try file.root().write("other", [Unknown.corrected, .somethingElse], description: "")
      try file.close()
    }
    try write([2, 0, 1])
    var file = try HDF5.File(reading: path)
    typealias Status = Results.LabelStatus
    try expectSame(
      file.root().dataset("plain").enumerations(of: Status.self),
      [
        .undefined, .uncorrected, .corrected,
      ])
    try expectSame(
      file.root().dataset("status").enumerations(of: Status.self),
      [
        .undefined, .corrected, .uncorrected,
      ])
    expectFileError([path, "/other", "wrong type", "somethingElse"]) {
      _ = try file.root().dataset("other").enumerations(of: Status.self)
    }
    try file.close()
    try write([0, 3])
    file = try HDF5.File(reading: path)
    expectFileError([path, "/plain: row 1: 3", "uncorrected, corrected, undefined"]) {
      _ = try file.root().dataset("plain").enumerations(of: Status.self)
    }
  }

  private enum Reversed: UInt8, HDF5.Enumeration {
    case undefined = 10
    case corrected = 5
    case uncorrected = 7
  }
  private enum Unknown: UInt8, HDF5.Enumeration { case corrected, somethingElse }

  @Test func namesOfMethods() throws {
    for name in ["offsets", "label", "timestamp", "touched", "unseen", "a/b", "", "."] {
      var results = ExampleFiles.results(users: 4)
      results.methods[0].name = name
      expectFileError([folder.file("r.h5"), "/methods", "cannot be a name"]) {
        try ResultsFile.write(results, to: folder.file("r.h5"))
      }
    }
    #expect(try folder.names() == [])
  }
}
