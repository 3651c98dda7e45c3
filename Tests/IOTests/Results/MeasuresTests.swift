import HDF5
import IO
import TestSupport
import Testing

/// Calibration and rankings in results.
@Suite struct MeasuresTests {
  let folder = try! FileTestFolder()

  private func bits(_ measures: Results.UserMeasures?) -> [[UInt64]] {
    guard let measures else { return [] }
    let ranking = measures.ranking
    let columns =
      [measures.logLoss, measures.predictedCTR] + (ranking.map { [$0.mrr] + $0.ndcg + $0.hitRate } ?? [])
    return columns.map { $0.map(\.bitPattern) }
  }

  private func expectEqual(_ left: Results, _ right: Results) {
    #expect(left.measureSettings == right.measureSettings && left.lists == right.lists)
    #expect(left.predictions?.timestamp == right.predictions?.timestamp)
    for (left, right) in zip(left.methods, right.methods) {
      #expect(bits(left.measures) == bits(right.measures))
      #expect(left.summary == right.summary)
    }
    #expect(left.untrained?.predictions?.timestamp == right.untrained?.predictions?.timestamp)
    #expect(left.untrained?.lists == right.untrained?.lists)
    #expect(bits(left.untrained?.measures) == bits(right.untrained?.measures))
    #expect(left.untrained?.summary == right.untrained?.summary)
    #expect(left.untrained?.summaryOfAll == right.untrained?.summaryOfAll)
    #expect(left.contentDigest() == right.contentDigest())
  }

  @Test func comeBackBitForBit() throws {
    var results = ExampleFiles.measuredResults()
    results.methods[0].summary.common = .init(
      users: 3, aucUsers: 2, userAUC: 0.75, userAUCUnweighted: 0.625, pooledAUC: 0.5, logLoss: 0.5,
      measures: results.methods[1].summary.measures)
    let path = folder.file("r.h5")
    try ResultsFile.write(results, to: path)
    let read = try ResultsFile.read(path)
    #expect(!bits(read.methods[1].measures).isEmpty && read.lists != nil)
    expectEqual(read, results)
    // Without the times of samples there are no lists; without predictions their columns are there.
    results.lists = nil
    results.untrained?.lists = nil
    results.untrained?.measures?.ranking = nil
    for place in results.methods.indices {
      results.methods[place].measures?.ranking = nil
      results.methods[place].summary.measures?.ranking = nil
      results.methods[place].predictions = nil
    }
    results.predictions = nil
    try ResultsFile.write(results, to: path)
    expectEqual(try ResultsFile.read(path), results)
  }

  /// Every column and time counts in the digest, as h5py computes it.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func countInTheDigest() throws {
    let results = ExampleFiles.measuredResults(users: 50)
    let path = folder.file("r.h5")
    try ResultsFile.write(results, to: path)
    let digest = try ForeignTool.script("content_digest.py", [path])
    #expect(digest.trimmingCharacters(in: .newlines) == results.contentDigest())
    for change: (inout Results) -> Void in [
      { $0.lists?.count[changing: 3] += 1 }, { $0.lists?.candidates[changing: 3] += 1 },
      { $0.predictions?.timestamp?[changing: 0] += 1 },
      { $0.methods[0].measures?.logLoss[changing: 1] = 2 },
      { $0.methods[0].measures?.predictedCTR[changing: 1] = 0.9 },
      { $0.methods[1].measures?.ranking?.mrr[changing: 1] = 0.9 },
      { $0.methods[2].measures?.ranking?.ndcg[1][changing: 1] = 0.9 },
      { $0.methods[2].measures?.ranking?.hitRate[0][changing: 1] = 0.9 },
      { $0.untrained?.lists?.count[changing: 0] += 1 },
      { $0.untrained?.measures?.ranking?.mrr[changing: 1] = 0.9 },
      { $0.untrained?.predictions?.timestamp?[changing: 1] = 9 },
    ] {
      var other = results
      change(&other)
      #expect(other.contentDigest() != results.contentDigest())
    }
  }

  @Test func columnsThatDoNotBelongTogether() throws {
    func expect(
      _ fragments: String..., sourceLocation: SourceLocation = #_sourceLocation,
      change: (inout Results) -> Void
    ) throws {
      var results = ExampleFiles.measuredResults(users: 40)
      change(&results)
      try ResultsFile.write(results, to: folder.file("r.h5"))
      expectFileError([folder.file("r.h5")] + fragments, sourceLocation) {
        _ = try ResultsFile.read(folder.file("r.h5"))
      }
    }
    try expect("metrics_at", "rising whole numbers") { $0.measureSettings?.cutoffs = [5, 1] }
    try expect("metrics_at", "rising whole numbers") { $0.measureSettings?.cutoffs = [0, 1] }
    try expect("metrics_bins", "1 to 10000") { $0.measureSettings?.bins = 0 }
    try expect("/users/list_candidates: row 2: 3", "0 to 2") { $0.lists?.candidates[changing: 2] = 3 }
    try expect("/users/lists: row 2: 3", "0 to 2") { $0.lists?.count[changing: 2] = 3 }
    try expect("/predictions/timestamp: wrong shape") { $0.predictions?.timestamp?.shorten() }
    try expect("/methods/soft1/mrr: row 1: 1.5", "0 to 1, or NaN") {
      $0.methods[0].measures?.ranking?.mrr[changing: 1] = 1.5
    }
    try expect("/methods/cloud/ndcg_at_5: wrong shape") {
      $0.methods[1].measures?.ranking?.ndcg[1].shorten()
    }
    try expect("/methods/cloud/logloss: row 0: -1", "0 or more") {
      $0.methods[1].measures?.logLoss[changing: 0] = -1
    }
    try expect("/methods/hard", "missing data set") { $0.methods[2].measures = nil }
    try expect("/summary/hard: missing attribute logloss_per_user") { $0.methods[2].summary.measures = nil }
  }
}
