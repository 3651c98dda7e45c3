import Foundation
import HDF5
import IO
import Support
import TestSupport
import Testing

@Suite struct HDF5Tests {
  let folder = try! FileTestFolder()

  /// Writes a file of one group `g` and hands it to `read`.
  private func withFile(
    _ write: (borrowing HDF5.Group) throws -> Void, _ read: (borrowing HDF5.Group) throws -> Void
  ) throws {
    let path = folder.file("t.h5")
    func fill(_ file: borrowing HDF5.File) throws { try write(try file.root().makeGroup("g")) }
    let file = try HDF5.File(creating: path)
    try fill(file)
    try file.close()
    try read(try HDF5.File(reading: path).root().group("g"))
  }

  @Test func numbersOfEveryTypeAndSize() throws {
    // Below and above one chunk, and over several.
    for count in [0, 1, 1000, 20_000, 300_000] {
      func values<T: BinaryInteger>(_: T.Type) -> [T] {
        (0..<count).map { T(truncatingIfNeeded: $0 &* 2_654_435_761) }
      }
      let floats = (0..<count).map { Float(bitPattern: UInt32(truncatingIfNeeded: $0 &* 2_654_435_761)) }
      let doubles = (0..<count).map { Double(bitPattern: UInt64($0) &* 0x9E37_79B9_7F4A_7C15) }
      try withFile { group in
        try group.write("u8", values(UInt8.self), description: "a")
        try group.write("i32", values(Int32.self), description: "b")
        try group.write("i64", values(Int64.self), description: "c")
        try group.write("u64", values(UInt64.self), description: "d")
        try group.write("f32", floats, description: "e")
        try group.write("f64", doubles, description: "f")
      } _: { group in
        try expectSame(group.dataset("u8").array(of: UInt8.self), values(UInt8.self))
        try expectSame(group.dataset("i32").array(of: Int32.self), values(Int32.self))
        try expectSame(group.dataset("i64").array(of: Int64.self), values(Int64.self))
        try expectSame(group.dataset("u64").array(of: UInt64.self), values(UInt64.self))
        let readFloats = try group.dataset("f32").array(of: Float.self)
        let readDoubles = try group.dataset("f64").array(of: Double.self)
        #expect(readFloats.map(\.bitPattern) == floats.map(\.bitPattern))
        #expect(readDoubles.map(\.bitPattern) == doubles.map(\.bitPattern))
        try expectSame(group.dataset("i32").text("description"), "b")
      }
    }
  }

  /// Whole chunks are compressed by other code than the rest, and every part may come in any order.
  @Test(arguments: [[200_001], [60_001, 7]]) func rowsWrittenInPieces(shape: [Int]) throws {
    let width = shape.dropFirst().reduce(1, *)
    let values = (0..<Int32(shape[0] * width)).map { $0 &* 77_777 }
    let chunk = try #require(ChunkShape.chunk(of: shape, elementSize: 4))[0]
    let cuts = [0, 5, chunk, chunk + 1, 2 * chunk + 3, shape[0]].sorted()
    var pieces = zip(cuts, cuts.dropFirst()).map { $0..<$1 }.filter { !$0.isEmpty }
    for order in 0..<2 {
      if order == 1 { pieces.reverse() }
      try withFile { group in
        let dataset = try group.makeDataset("v", of: Int32.self, shape: shape, description: "")
        for rows in pieces {
          try values[rows.lowerBound * width..<rows.upperBound * width].withUnsafeBufferPointer {
            try dataset.write($0, rows: rows)
          }
        }
        try dataset.close()
      } _: { group in
        try expectSame(group.dataset("v").array(of: Int32.self), values)
      }
    }
  }

  @Test func integersOfOtherTypesAreReadWhereTheyFit() throws {
    let values: [Int64] = (0..<100_000).map { $0 * 21474 }
    try withFile { group in
      try group.write("i64", values, description: "")
      try group.write(
        "large", values.map { $0 == 21474 * 70_000 ? Int64(Int32.max) + 1 : $0 }, description: "")
      try group.write("negative", [Int32(1), -1], description: "")
      try group.write("u64", [UInt64(5), .max], description: "")
      try group.write("u8", [UInt8(200)], description: "")
      try group.write("f64", [0.1, 1e39], description: "")
      try group.write("special", [Double.infinity, -.infinity, 1e-300], description: "")
    } _: { group in
      let path = folder.file("t.h5")
      try expectSame(group.dataset("i64").array(of: Int32.self), values.map { Int32($0) })
      expectFileError([path, "/g/large: row 70000: 2147483648", "fit int32"]) {
        _ = try group.dataset("large").array(of: Int32.self)
      }
      expectFileError([path, "/g/negative: row 1: -1", "fit uint8"]) {
        _ = try group.dataset("negative").array(of: UInt8.self)
      }
      expectFileError([path, "/g/negative: row 1: -1", "fit uint64"]) {
        _ = try group.dataset("negative").array(of: UInt64.self)
      }
      expectFileError([path, "/g/u64: row 1: 18446744073709551615", "fit int64"]) {
        _ = try group.dataset("u64").array(of: Int64.self)
      }
      try expectSame(group.dataset("u8").array(of: Int32.self), [200])
      expectFileError([path, "/g/f64: wrong type: int32 expected, found float64"]) {
        _ = try group.dataset("f64").array(of: Int32.self)
      }
      expectFileError([path, "/g/u8: wrong type: float32 expected, found uint8"]) {
        _ = try group.dataset("u8").array(of: Float.self)
      }
      expectFileError([path, "/g/f64: row 1: 1e+39", "fit float32"]) {
        _ = try group.dataset("f64").array(of: Float.self)
      }
      try expectSame(group.dataset("special").array(of: Float.self), [.infinity, -.infinity, 0])
    }
  }

  @Test func rowsAreReadAndWrittenInPieces() throws {
    let (rows, width) = (5000, 37)
    let values = (0..<rows * width).map { Int32($0) }
    try withFile { group in
      let dataset = try group.makeDataset("m", of: Int32.self, shape: [rows, width], description: "")
      for start in stride(from: 0, to: rows, by: 777) {
        let part = start..<min(start + 777, rows)
        try values[part.lowerBound * width..<part.upperBound * width].withUnsafeBufferPointer {
          try dataset.write($0, rows: part)
        }
      }
      try dataset.close()
    } _: { group in
      let dataset = try group.dataset("m")
      #expect(try dataset.shape() == [rows, width])
      #expect(try dataset.array(of: Int32.self) == values)
      for part in [0..<0, 0..<1, 1234..<4321, 4999..<5000, 0..<5000] {
        let column = Column<Int32>(uninitialized: part.count * width)
        try dataset.read(into: column.values, rows: part)
        #expect(Array(column.values) == Array(values[part.lowerBound * width..<part.upperBound * width]))
        // The same through a conversion.
        let narrow = Column<UInt64>(uninitialized: part.count * width)
        try dataset.read(into: narrow.values, rows: part)
        #expect(narrow.values.elementsEqual(column.values.map { UInt64($0) }))
      }
    }
  }

  @Test func stringsKeepTheirBytes() throws {
    let short = StringColumn(["", "a", "größe", "日本語", " spaces "])
    let many = StringColumn((0..<50_000).map { "identifier \($0)" })
    let text = String(repeating: "a line of text, größer\n", count: 10_000)
    try withFile { group in
      try group.write("short", short, description: "")
      try group.write("many", many, description: "")
      try group.write("none", StringColumn([]), description: "")
      try group.write("text", text: text, description: "")
      try group.write("empty", text: "", description: "")
    } _: { group in
      for (name, strings) in [("short", short), ("many", many), ("none", StringColumn([]))] {
        let read = try group.dataset(name).strings()
        #expect(read.count == strings.count)
        #expect(read.width == strings.width)
        #expect(read.bytes.values.elementsEqual(strings.bytes.values))
      }
      try expectSame(group.dataset("text").text(), text)
      try expectSame(group.dataset("empty").text(), "")
      expectFileError(["/g/short: wrong shape: one string expected"]) {
        _ = try group.dataset("short").text()
      }
    }
    expectFileError(["/g/nul: row 0", "without NUL"]) {
      try withFile {
        try $0.write("nul", text: "a\0b", description: "")
      } _: { _ in
      }
    }
  }

  @Test func attributes() throws {
    try withFile { group in
      try group.setAttribute("i", Int32(-7))
      try group.setAttribute("u", UInt64.max)
      try group.setAttribute("d", 0.1)
      try group.setAttribute("s", "größe")
      try group.setAttribute("list", ["a", "", "größe"])
      try group.setAttribute("empty", [String]())
    } _: { group in
      try expectSame(group.attribute("i", as: Int64.self), -7)
      try expectSame(group.attribute("u", as: UInt64.self), .max)
      try expectSame(group.attribute("d", as: Double.self), 0.1)
      try expectSame(group.text("s"), "größe")
      try expectSame(group.texts("list"), ["a", "", "größe"])
      try expectSame(group.texts("empty"), [])
      try expectSame(group.attributeNames(), ["d", "empty", "i", "list", "s", "u"])
      try expectSame(group.attribute("none", as: Int64.self), nil)
      try expectSame(group.text("none"), nil)
      expectFileError(["/g: attribute u: 18446744073709551615", "one int64"]) {
        _ = try group.attribute("u", as: Int64.self)
      }
      expectFileError(["/g: attribute i: -7", "one uint64"]) { _ = try group.attribute("i", as: UInt64.self) }
      expectFileError(["/g: attribute s: größe", "one float64"]) {
        _ = try group.attribute("s", as: Double.self)
      }
      expectFileError(["/g: attribute d", "string"]) { _ = try group.text("d") }
      expectFileError(["/g: attribute list: 3 strings", "one string"]) { _ = try group.text("list") }
      expectFileError(["/g: missing attribute none"]) { _ = try group.required("none", as: Int64.self) }
    }
  }

  @Test func errorsCarryTheWholeStack() throws {
    // The last chunk's bytes are overwritten, so that inflating them fails.
    try withFile { group in
      try group.write("x", (0..<20_000).map { Int64($0 * $0) }, description: "")
    } _: { _ in
    }
    var bytes = try folder.bytes("t.h5")
    for index in 0..<2000 { bytes[bytes.count - 3000 + index] = 0xEE }
    try folder.write(bytes, to: "damaged.h5")
    let file = try HDF5.File(reading: folder.file("damaged.h5"))
    do {
      _ = try file.root().group("g").dataset("x").array(of: Int64.self)
      Issue.record("read damaged bytes")
    } catch let error as HDF5Error {
      guard case .library(let location, _, let stack) = error else {
        Issue.record("another error: \(error)")
        return
      }
      #expect(location == HDF5.Location(file: folder.file("damaged.h5"), path: "/g/x"))
      #expect(stack.first?.function == "H5Z__filter_deflate" || stack.first?.function == "H5Z_filter_deflate")
      #expect(stack.last?.function == "H5Dread")
      #expect(stack.count > 4)
      #expect(error.description.contains("damaged.h5: /g/x: cannot read: inflate() failed"))
      #expect(!error.description.contains("\n"))
    }
  }

  @Test func aFullDiskIsAnErrorAtTheLatestWhenClosing() throws {
    guard FileManager.default.isWritableFile(atPath: "/dev/full") else { return }
    func fill(_ file: borrowing HDF5.File) throws {
      try file.root().write("x", (0..<200_000).map { Int64($0 &* 0x9E37_79B9) }, description: "")
    }
    expectFileError(["/dev/full", ": No space left on device (HDF5: "]) {
      let file = try HDF5.File(creating: "/dev/full")
      try fill(file)
      try file.close()
    }
  }

  @Test func circlesOfGroupsComeToAnEnd() throws {
    try withFile { group in
      _ = try group.makeGroup("a/b/c")
      _ = try group.makeGroup("a/b/c")
      try group.write("x", [Int32(1)], description: "")
    } _: { group in
      var names: [String] = []
      try group.walk(onGroup: { name, _ in names.append(name) }, onDataset: { name, _ in names.append(name) })
      #expect(names == ["a", "a/b", "a/b/c", "x"])
      try expectSame(group.members(), ["a", "x"])
      try expectSame(group.kind(of: "a/b"), .group)
      try expectSame(group.kind(of: "x"), .dataset)
      try expectSame(group.kind(of: "x/y"), nil)
      try expectSame(group.kind(of: "a/q/c"), nil)
    }
  }
}
