import HDF5
import IO
import TestSupport
import Testing

@Suite struct PersonalModelsReaderTests {
  let folder = try! FileTestFolder()

  private func user(_ row: Int32) -> PersonalModels.User {
    let value = Float(row)
    return PersonalModels.User(
      row: row, dense: [[row, 2], [3, row]], rows: [row % 2 == 0 ? [row] : [row, row + 1]],
      values: [[row % 2 == 0 ? [value] : [value, 1]], [row % 2 == 0 ? [-value] : [-value, -1]]])
  }

  /// The file of a rank of another run is none of those that were joined, however alike it is.
  @Test func aFileOfAnotherRunIsRefused() throws {
    let layout = SearchFindingsTests.layout(nil)
    let part = folder.file("models-rank-0.h5")
    func write(_ layout: PersonalModels, _ rows: [Int32]) throws {
      try PersonalModelsFile.write(layout, to: part) { writer in
        for row in rows { try writer.append(user(row)) }
      }
    }
    try write(layout, [0, 2])
    let joined = folder.file("models.h5")
    try PersonalModelsFile.join([part], layout, to: joined) { "u\($0)" }
    _ = try PersonalModelsFile.Reader(joined)
    var (otherModel, otherJob) = (layout, layout)
    otherModel.checkpointDigest = "another"
    otherJob.job += "seed: 2\n"
    for (other, rows) in [(otherModel, [0, 2]), (otherJob, [0, 2]), (layout, [2, 0])] {
      try write(other, rows.map(Int32.init))
      #expect(throws: FileError.otherPart(file: part, joined: joined)) {
        try PersonalModelsFile.Reader(joined)
      }
    }
    try write(layout, [0, 2])
    _ = try PersonalModelsFile.Reader(joined)
  }

  /// Users come in any order from a joined file, which keeps open what it reads, and closes it with the reader.
  @Test func usersComeInAnyOrder() throws {
    let layout = SearchFindingsTests.layout(nil)
    let parts = [0, 1].map { folder.file("models-rank-\($0).h5") }
    for (rank, part) in parts.enumerated() {
      try PersonalModelsFile.write(layout, to: part) { writer in
        for row in 0..<10 where row % 2 == rank { try writer.append(user(Int32(row))) }
      }
    }
    try PersonalModelsFile.join(parts, layout, to: folder.file("models.h5")) { "u\($0)" }
    try HDF5.exclusively {
      let before = HDF5.openIdentifiers()
      do {
        let reader = try PersonalModelsFile.Reader(folder.file("models.h5"))
        var opened: [Int] = []
        for round in 0..<2 {
          for row in [9, 0, 3, 3, 8, 1] as [Int32] {
            #expect(try reader.user(row: row) == user(row))
          }
          #expect(try reader.user(row: 10) == nil)
          if round == 0 { opened = HDF5.openIdentifiers() }
        }
        #expect(HDF5.openIdentifiers() == opened)
      }
      #expect(HDF5.openIdentifiers() == before)
    }
  }
}
