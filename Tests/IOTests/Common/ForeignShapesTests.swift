import HDF5
import IO
import Support
import TestSupport
import Testing

/// Files of other programs, and damaged ones, whose shapes do not fit together are refused in one line before anything is
/// made of them.
@Suite(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
struct ForeignShapesTests {
  let folder = try! FileTestFolder()

  /// Changes the file `name` by lines of Python in which it is `f`.
  private func change(_ name: String, _ lines: String) throws -> String {
    let start = """
      import h5py, numpy as np, sys
      f = h5py.File(sys.argv[1], 'r+')
      f.attrs.pop('content_digest', None)

      """
    let path = folder.file(name)
    _ = try ForeignTool.run(#require(ForeignTool.python), ["-c", start + lines, path])
    return path
  }

  private func dataset(_ lines: String) throws -> String {
    try DatasetFile.write(ExampleFiles.dataset(users: 20), to: folder.file("d.h5"))
    return try change("d.h5", lines)
  }

  @Test(arguments: ["samples/train/event_position", "events/label"])
  func columnsOfTwoDimensions(_ name: String) throws {
    let path = try dataset(
      "v = f['\(name)'][...]\ndel f['\(name)']\nf['\(name)'] = np.stack([v, v], 1)")
    let fragments = ["/\(name): wrong shape: one dimension expected"]
    expectFileError(fragments) { _ = try SampledPositions(of: path) }
    expectFileError(fragments) { _ = try DatasetFile.read(path) }
  }

  /// Empty in one dimension, and of more bytes in the other than 64 bits count, alone or times the users.
  @Test(arguments: [57, 61]) func vectorsOfAnyWidth(bits: Int) throws {
    let path = try dataset(
      """
      g = f.create_group('features/users/vec')
      g.attrs['kind'] = 'vector'
      g.create_dataset('values', (0, 2**\(bits)), 'f4', chunks=(1, 64), maxshape=(None, 2**\(bits)))
      """)
    expectFileError(["/features/users/vec/values: wrong shape: "]) { _ = try DatasetFile.read(path) }
  }

  @Test func countsOfHashedValues() throws {
    let path = try dataset(
      """
      g = f.create_group('vocabularies/hashed')
      g.attrs['kind'] = 'hashed'
      g['count'] = np.zeros(2, 'i8')
      g['distinct'] = np.array([2**62, 2**62], 'i8')
      """)
    expectFileError(["/vocabularies/hashed/distinct: row 1: "]) { _ = try DatasetFile.read(path) }
  }

  /// Neither by a link into it nor by a soft link that leads there is another file read.
  @Test func linksIntoOtherFiles() throws {
    for line in [
      "f['samples/test/item'] = h5py.ExternalLink('\(folder.file("other.h5"))', '/x')",
      "f['o'] = h5py.ExternalLink('\(folder.file("other.h5"))', '/'); f['samples/test/item'] = h5py.SoftLink('/o/x')",
      "f['samples/test/item'] = h5py.SoftLink('/nowhere')",
    ] {
      let path = try dataset(
        """
        v = f['samples/test/item'][...]
        with h5py.File('\(folder.file("other.h5"))', 'w') as o: o['x'] = np.zeros_like(v)
        del f['samples/test/item']
        \(line)
        """)
      expectFileError(["/samples/test/item: wrong type: a data set expected", "a link into another file"]) {
        _ = try DatasetFile.read(path)
      }
    }
    // A soft link within the file is as good as its object.
    let path = try dataset("f.move('samples/test/item', 'i'); f['samples/test/item'] = h5py.SoftLink('/i')")
    #expect(try DatasetFile.read(path).test.count > 0)
  }

  @Test(arguments: [42, 61]) func tensorsThatAreNotThere(bits: Int) throws {
    try CheckpointFile.write(ExampleFiles.checkpoint(), to: folder.file("c.h5"))
    let path = try change("c.h5", "f.create_dataset('optimizer/m', (1, 2**\(bits)), 'f4', chunks=(1, 1024))")
    expectFileError(["/optimizer/m: "]) { _ = try CheckpointFile.read(path) { _, _ in [] } }
    expectFileError(["/optimizer/m: "]) { _ = try CheckpointFile.read(path) }
  }

  @Test(arguments: ["dense", "embeddings/item"]) func modelsOfTwoWidths(_ name: String) throws {
    try PersonalModelsFile.write(SearchFindingsTests.layout(nil), to: folder.file("m.h5")) { writer in
      try writer.append(
        PersonalModels.User(row: 3, dense: [[1, 2], [3, 4]], rows: [[5]], values: [[[0.5]], [[0.25]]]))
    }
    let path = try change(
      "m.h5", "del f['methods/hard/\(name)']\nf['methods/hard/\(name)'] = np.zeros((1, 3), 'f4')")
    expectFileError(["/methods/hard/\(name): wrong shape: 1 rows of ", "as under soft1"]) {
      _ = try PersonalModelsFile.Reader(path)
    }
  }

  @Test func testsOfNoDay() throws {
    try ABTestFile.write(ABTestFileTests.example(), to: folder.file("t.h5"))
    let path = try change(
      "t.h5",
      """
      f.attrs['days'] = np.int64(0)
      for n in list(f['days']):
        t = f['days'][n].dtype
        del f['days'][n]
        f['days'][n] = np.zeros((3, 0), t)
      """)
    expectFileError(["attribute days: 0 is not allowed"]) { _ = try ABTestFile.read(path) }
  }
}
