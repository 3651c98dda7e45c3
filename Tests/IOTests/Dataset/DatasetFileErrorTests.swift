import Foundation
import HDF5
import IO
import Support
import TestSupport
import Testing

/// What a reader says about files that are not what they should be.
@Suite struct DatasetFileErrorTests {
  let folder = try! FileTestFolder()

  /// Expects that the reader refuses the example with a change, as another program may write it, and that the writer
  /// refuses it, too.
  /// - Parameter written: the place that the writer names, where it is not the first of `fragments`.
  private func expect(
    _ fragments: String..., written: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    change: (inout Dataset) -> Void
  ) throws {
    var dataset = ExampleFiles.dataset(users: 20)
    change(&dataset)
    let path = folder.file("changed.h5")
    try PlainDatasetFile.write(dataset, to: path)
    expectFileError([path + ": "] + fragments, sourceLocation) { _ = try DatasetFile.read(path) }
    let other = folder.file("other.h5")
    let expected = written.map { [$0] + fragments.dropFirst().filter { !$0.contains("/") } } ?? fragments
    expectFileError([other + ": "] + expected, sourceLocation) { try DatasetFile.write(dataset, to: other) }
    #expect(!FileManager.default.fileExists(atPath: other), sourceLocation: sourceLocation)
  }

  private func changed<T>(_ column: Column<T>, _ row: Int, to value: T) -> Column<T> {
    let copy = Column(Array(column.values))
    copy.values[row] = value
    return copy
  }

  @Test func offsets() throws {
    try expect("/users/event_offsets: row 0: 1", "start at 0") {
      $0.users.eventOffsets = changed($0.users.eventOffsets, 0, to: 1)
    }
    try expect("/users/train_offsets: row 5: 1", "never fall") {
      $0.train.offsets = changed($0.train.offsets, 5, to: 1)
    }
    try expect("/users/test_offsets: row 20: 999", "last offset") {
      $0.test.offsets = changed($0.test.offsets, 20, to: 999)
    }
    try expect("/users/event_offsets: wrong shape: 21 values expected, found [20]") {
      $0.users.eventOffsets = Column(Array($0.users.eventOffsets.values.dropLast()))
    }
    try expect("/users/event_offsets: row 4: 42", "the one before is 9223372036854775807") {
      $0.users.eventOffsets = changed($0.users.eventOffsets, 3, to: .max)
    }
    try expect(
      "/items/category_offsets: row 50: 3", "never fall",
      written: "/features/items/category/offsets: row 50: 3"
    ) {
      $0.setCategories(offsets: changed($0.categoryOffsets, 50, to: 3))
    }
  }

  @Test func ids() throws {
    try expect("/events/item: row 9: 50", "/items has 50 rows") {
      $0.events.item = changed($0.events.item, 9, to: 50)
    }
    try expect("/samples/train/item: row 0: -1") { $0.train.item = changed($0.train.item, 0, to: -1) }
    try expect("/samples/test/item: row 7: 2147483647") { $0.test.item = changed($0.test.item, 7, to: .max) }
    try expect(
      "/items/categories: row 24: 6", "/categories has 6 rows",
      written: "/features/items/category/values: row 24: 6"
    ) {
      $0.setCategories(values: changed($0.itemCategories, 24, to: 6))
    }
  }

  @Test func positions() throws {
    // User 1 has 7 events and 11 training samples, rows 0...10.
    try expect("/samples/train/event_position: row 10: 8", "user row 1 has 7 events") {
      $0.train.eventPosition = changed($0.train.eventPosition, 10, to: 8)
    }
    try expect("/samples/test/event_position: row 0: -1") {
      $0.test.eventPosition = changed($0.test.eventPosition, 0, to: -1)
    }
  }

  @Test func labels() throws {
    try expect("/events/label: row 3: 2", "0 or 1") { $0.events.label = changed($0.events.label, 3, to: 2) }
    try expect(
      "/events/action: row 3: 5", "has 5 rows", written: "/features/events/action/values: row 3: 5"
    ) {
      $0.setActions(changed($0.actionCodes!, 3, to: 5))
    }
    try expect("/samples/train/label: row 4: 255") { $0.train.label = changed($0.train.label, 4, to: 255) }
    try expect("/items/genome_known: row 1:", written: "/features/items/genome/missing: row 1: 7") {
      $0.setGenome(missing: changed($0.genomeMissing!, 1, to: 7))
    }
  }

  @Test func times() throws {
    // User 1's events are rows 0...6; row 7 begins the next user's, and may be earlier.
    try expect("/events/timestamp: row 6: 5", "does not fall within a user (user row 1, before: 1300001002)")
    {
      $0.events.timestamp = changed($0.events.timestamp, 6, to: 5)
    }
    var dataset = ExampleFiles.dataset(users: 20)
    for row in 0...6 { dataset.events.timestamp = changed(dataset.events.timestamp, row, to: .max) }
    try DatasetFile.write(dataset, to: folder.file("later-first.h5"))
    expectEqual(try DatasetFile.read(folder.file("later-first.h5")), dataset)
  }

  @Test func reals() throws {
    try expect("/samples/train/probability: row 2: nan", "0 to 1") {
      $0.train.probability = changed($0.train.probability!, 2, to: .nan)
    }
    try expect("/samples/train/probability: row 3: 1.5") {
      $0.train.probability = changed($0.train.probability!, 3, to: 1.5)
    }
    try expect(
      "/items/genome: row 1: inf", "finite", written: "/features/items/genome/values: row 1: inf"
    ) {
      $0.setGenome(values: changed($0.genome!.values, 71, to: .infinity))
    }
  }

  @Test func lengths() throws {
    try expect("/events/timestamp: wrong shape") {
      $0.events.timestamp = Column(Array($0.events.timestamp.values.dropLast()))
    }
    try expect("/events/action: wrong shape", written: "/features/events/action/values: wrong shape") {
      $0.setActions(Column([0, 1]))
    }
    try expect("/samples/train/label: wrong shape") { $0.train.label = Column([0, 1]) }
    try expect("/samples/test/event_position: wrong shape") { $0.test.eventPosition = Column([]) }
    try expect("/samples/train/probability: wrong shape") { $0.train.probability = Column([0.5]) }
    try expect(
      "/items/genome_known: wrong shape", written: "/features/items/genome/missing: wrong shape"
    ) { $0.setGenome(missing: Column([1])) }
  }

  @Test func missingParts() throws {
    let path = folder.file("good.h5")
    try DatasetFile.write(ExampleFiles.dataset(users: 20), to: path)
    // With nothing left out the copy is read, so that what is refused below is the gap.
    try copyFile(path, to: folder.file("whole.h5"), without: "")
    for dataset in try FileSummary.read(path).datasets {
      if ["probability", "missing"].contains(where: dataset.path.hasSuffix) { continue }
      // Without the attribute content_digest nobody needs the parts' digests.
      if dataset.path.hasPrefix("/blocks/") || dataset.path.hasPrefix("/parts/") { continue }
      let copy = folder.file("without.h5")
      try copyFile(path, to: copy, without: dataset.path)
      expectFileError([copy + ": " + dataset.path + ": missing data set"]) { _ = try DatasetFile.read(copy) }
    }
  }

  @Test func filesThatAreNone() throws {
    expectFileError([folder.file("none.h5"), "No such file"]) {
      _ = try DatasetFile.read(folder.file("none.h5"))
    }
    expectFileError([folder.path, "not a regular file"]) { _ = try DatasetFile.read(folder.path) }
    expectFileError(["/dev/null: not a regular file"]) { _ = try DatasetFile.read("/dev/null") }
    for text in ["", "user,item,timestamp\n1,2,3\n", String(repeating: "\0", count: 5000)] {
      try folder.write(Array(text.utf8), to: "text.h5")
      expectFileError([folder.file("text.h5"), "not an HDF5 file", "(\(text.utf8.count) bytes)"]) {
        _ = try DatasetFile.read(folder.file("text.h5"))
      }
    }
    try DatasetFile.write(ExampleFiles.dataset(users: 3), to: folder.file("secret.h5"))
    chmod(folder.file("secret.h5"), 0)
    if geteuid() != 0 {
      expectFileError(["secret.h5", "cannot open", "Permission denied"]) {
        _ = try DatasetFile.read(folder.file("secret.h5"))
      }
    }
  }

  @Test func otherKindsOfFile() throws {
    try CheckpointFile.write(ExampleFiles.checkpoint(), to: folder.file("c.h5"))
    expectFileError(["c.h5: lcft-dataset expected, the file's format is lcft-checkpoint"]) {
      _ = try DatasetFile.read(folder.file("c.h5"))
    }
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func filesThatH5pyBroke() throws {
    try DatasetFile.write(ExampleFiles.dataset(users: 20), to: folder.file("good.h5"))
    let cases = try ForeignTool.json("write_broken.py", [folder.file("good.h5"), folder.path])
    #expect(cases.count >= 30)
    for (name, fragments) in cases {
      expectFileError([folder.file(name)] + (try #require(fragments as? [String]))) {
        _ = try DatasetFile.read(folder.file(name))
      }
    }
  }

  private func copyAttributes(_ from: borrowing HDF5.Group, to: borrowing HDF5.Group) throws {
    for name in try from.attributeNames() {
      switch try from.attributeValue(name) {
      case .integers(let values)?: try to.setAttribute(name, values[0])
      case .reals(let values)?: try to.setAttribute(name, values)
      case .texts(let texts)?:
        // One text and a list of one are different attributes only to their writer.
        try texts.count == 1 ? to.setAttribute(name, texts[0]) : to.setAttribute(name, texts)
      default: break
      }
    }
  }

  /// Copies a file's data sets, in the widest types, but for the one at the path `omitted`.
  private func copyFile(_ source: String, to target: String, without omitted: String) throws {
    let original = try HDF5.File(reading: source)
    let copy = try HDF5.File(creating: target)
    func fill(_ from: borrowing HDF5.Group, _ to: borrowing HDF5.Group) throws {
      try to.setAttribute("format", "lcft-dataset")
      try to.setAttribute("format_version", Int32(1))
      try from.walk(
        onGroup: { name, group in try copyAttributes(group, to: to.makeGroup(name)) },
        onDataset: { name, dataset in
          guard dataset.location.path != omitted else { return }
          let slash = name.lastIndex(of: "/")!
          let group = try to.group(String(name[..<slash]))
          let leaf = String(name[name.index(after: slash)...])
          switch dataset.type {
          case .fixedString: try group.write(leaf, dataset.strings(), description: "")
          case .real:
            let shape = try dataset.shape()
            let values = try group.makeDataset(leaf, of: Double.self, shape: shape, description: "")
            try dataset.array(of: Double.self).withUnsafeBufferPointer { try values.write($0) }
          default: try group.write(leaf, dataset.array(of: Int64.self), description: "")
          }
        })
    }
    try fill(original.root(), copy.root())
    try copy.close()
    if omitted == "" { _ = try DatasetFile.read(target) }
  }
}
