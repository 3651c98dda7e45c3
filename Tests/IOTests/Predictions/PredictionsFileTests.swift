import Foundation
import HDF5
import IO
import Support
import TestSupport
import Testing

@Suite struct PredictionsFileTests {
  let folder = try! FileTestFolder()

  private func predictions(ranked: Bool) -> Predictions {
    var rows: [Predictions.Row] = []
    for row in 0..<Int32(8) {
      rows.append(
        Predictions.Row(
          user: row % 2, item: row % 3, method: row / 4, rank: ranked ? row % 4 + 1 : 0,
          time: 1000 * Int64(row),
          logit: Float(row) / 3 - 1))
    }
    return Predictions(
      users: StringColumn(["a", "usér, \"b\""]), items: StringColumn(["i1", "i2", "i3"]),
      methods: ["cloud", "soft1"], rows: rows, hasTimes: true, isRanked: ranked, model: "DIN",
      datasetDigest: "aa", checkpointDigest: "bb")
  }

  /// What was written comes back, to the bit, and its digest is that of what is read.
  @Test(arguments: [false, true]) func comesBack(ranked: Bool) throws {
    let written = predictions(ranked: ranked)
    try PredictionsFile.write(written, to: folder.file("p.h5"))
    let read = try PredictionsFile.read(folder.file("p.h5"))
    #expect(read.contentDigest() == written.contentDigest())
    #expect(read.rows == written.rows && read.methods == written.methods)
    #expect(read.hasTimes && read.isRanked == ranked && read.model == "DIN")
    #expect((0..<2).map { read.users[$0] } == ["a", "usér, \"b\""])
  }

  /// Rows as text: what a spreadsheet reads, and numbers that give the bits back.
  @Test func asText() throws {
    try predictions(ranked: true).writeCSV(to: folder.file("p.csv"))
    let lines = String(decoding: try folder.bytes("p.csv"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 9)
    #expect(lines[0] == "user,item,time,method,rank,logit,probability")
    #expect(lines[2] == "\"usér, \"\"b\"\"\",i2,1000,cloud,2,-0.6666666,0.33924365")
    #expect(try folder.names() == ["p.csv"])
  }

  /// Columns of each kind, as programs write them, are text as tables have it; an output's rows can be read as pairs.
  @Test func columnsAsText() throws {
    try PredictionsFile.write(predictions(ranked: false), to: folder.file("p.h5"))
    #expect(PairColumns.isHDF5(folder.file("p.h5")) && !PairColumns.isHDF5(folder.file("none")))
    let text = try PairColumns.csv(folder.file("p.h5"))
    #expect(
      text.hasPrefix("\"item\",\"logit\",\"method\",\"probability\",\"time\",\"user\"\n\"i1\",\"-1.0\","))
    #expect(text.split(separator: "\n").count == 9)
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func columnsOfOtherPrograms() throws {
    let path = folder.file("pairs.h5")
    let program = """
      import h5py, numpy as np, sys
      f = h5py.File(sys.argv[1], "w")
      f["pairs/user"] = np.array([b"u1", b"u2"])
      f["pairs/item"] = ["i,1", "i2"]
      f["pairs/time"] = np.array([5, 6], dtype="u4")
      f["pairs/price"] = np.array([0.1, np.nan], dtype="f4")
      f["pairs/screen"] = np.array([[1, 2], [3, 4.5]])
      f["pairs/tags/offsets"] = [0, 2, 2]
      f["pairs/tags/values"] = ["x", "y"]
      """
    _ = try ForeignTool.run(try #require(ForeignTool.python), ["-c", program, path])
    #expect(
      try PairColumns.csv(path) == """
        "item","price","screen","tags","time","user"
        "i,1","0.1","1.0|2.0","x|y","5","u1"
        "i2","","3.0|4.5","","6","u2"

        """)
  }
}
