import IO
import TestSupport
import Testing

@Suite struct CandidateTableFileTests {
  let folder = try! FileTestFolder()

  private var table: CandidateTable {
    var origin = SearchOrigin()
    (origin.model, origin.datasetDigest, origin.holdout, origin.users, origin.job) = (
      "DIN", "aa", 0.1, 7, "name: x\n"
    )
    return CandidateTable(
      rows: [
        .init(
          settings: "{training.dropout: 0.5}", epochs: 9, userAUC: 0.75, logLoss: 0.5, calibration: 1.5,
          step: 40),
        .init(
          settings: "{training.dropout: 0.0}", epochs: 9, userAUC: 0.5, logLoss: 0.25, calibration: 1,
          step: 20,
          difference: 0.25, low: 0.125, high: 0.5),
        .init(
          settings: "{training.dropout: 0.1}", epochs: 1, userAUC: .nan, logLoss: .nan, calibration: .nan,
          step: 0,
          diverged: true),
      ], metric: "user_auc", origin: origin)
  }

  /// What was written comes back, to the bit, and is told from a table of methods.
  @Test func comesBack() throws {
    let path = folder.file("search-cloud.h5")
    try CandidateTableFile.write(table, to: path)
    let read = try CandidateTableFile.read(path)
    #expect(read.contentDigest() == table.contentDigest() && read.origin == table.origin)
    #expect(
      Array(read.rows[..<2]).map(\.settings) == table.rows[..<2].map(\.settings)
        && read.rows[1] == table.rows[1])
    #expect(read.rows[2].diverged && read.rows[2].userAUC.isNaN && read.metric == "user_auc")
    #expect(try CandidateTableFile.isOne(path) && FileKind.of(path) == .search)
    let methods = folder.file("search.h5")
    try SearchTableFile.write(
      SearchTable(methods: [], cloudAUC: 0.5, origin: SearchOrigin()), to: methods)
    #expect(try !CandidateTableFile.isOne(methods))
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func otherProgramsReadIt() throws {
    let path = folder.file("search-cloud.h5")
    try CandidateTableFile.write(table, to: path)
    let found = try ForeignTool.run(
      #require(ForeignTool.python),
      [
        "-c",
        """
        import sys, h5py
        with h5py.File(sys.argv[1]) as f:
            c = f["candidates"]
            print(list(c["settings"].asstr()[...]), c["user_auc"][0], c["difference"][1], list(c["diverged"][...]))
            print(f.attrs["metric"], f.attrs["holdout"], sorted(c))
        """, path,
      ])
    #expect(
      found == """
        ['{training.dropout: 0.5}', '{training.dropout: 0.0}', '{training.dropout: 0.1}'] 0.75 0.25 [0, 0, 1]
        user_auc 0.1 ['calibration', 'difference', 'diverged', 'epochs', 'high', 'log_loss', 'low', 'settings', 'step', 'user_auc']

        """)
  }
}
