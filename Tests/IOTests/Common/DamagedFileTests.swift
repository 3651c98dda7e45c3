import HDF5
import IO
import Support
import TestSupport
import Testing

/// Files whose bytes are cut off or changed are refused with one line or read correctly; nothing else.
@Suite struct DamagedFileTests {
  let folder = try! FileTestFolder()

  /// The three kinds: how to write an example of it, and how to read it to the content's digest.
  private static let kinds:
    [(name: String, write: @Sendable (String) throws -> Void, read: @Sendable (String) throws -> String)] = [
      (
        "d.h5", { try DatasetFile.write(ExampleFiles.dataset(users: 60), to: $0) },
        { try DatasetFile.read($0).contentDigest() }
      ),
      (
        "c.h5", { try CheckpointFile.write(ExampleFiles.checkpoint(), to: $0) },
        { try CheckpointFile.read($0).contentDigest() }
      ),
      (
        "r.h5", { try ResultsFile.write(ExampleFiles.results(users: 300), to: $0) },
        { try ResultsFile.read($0).contentDigest() }
      ),
    ]

  @Test(arguments: 0..<3) func cutShort(kind: Int) throws {
    let (name, write, read) = Self.kinds[kind]
    try write(folder.file(name))
    let bytes = try folder.bytes(name)
    let lengths =
      Array(stride(from: 0, to: 2000, by: 67)) + stride(from: 2000, to: bytes.count, by: bytes.count / 23)
    for length in lengths + [bytes.count - 1] {
      try folder.write(bytes.prefix(length), to: "cut.h5")
      expectFileError([folder.file("cut.h5"), "cut short"]) { _ = try read(folder.file("cut.h5")) }
      expectFileError([folder.file("cut.h5"), "cut short"]) {
        _ = try FileSummary.read(folder.file("cut.h5"))
      }
    }
  }

  @Test(arguments: 0..<3) func changedBytes(kind: Int) throws {
    let (name, write, read) = Self.kinds[kind]
    try write(folder.file(name))
    let bytes = try folder.bytes(name)
    let digest = try read(folder.file(name))
    var refused = 0
    for round in 0..<150 {
      var copy = bytes
      // Spread over the whole file, with every second one in the metadata at its beginning.
      let reach = round % 2 == 0 ? bytes.count : min(bytes.count, 6000)
      let place = (round * 7919 + round * round * 104_729) % reach
      copy[place] ^= UInt8(1 + round * 37 % 255)
      try folder.write(copy, to: "changed.h5")
      do {
        #expect(try read(folder.file("changed.h5")) == digest, "byte \(place) changes the content unseen")
      } catch let error where error is FileError || error is HDF5Error {
        refused += 1
        #expect(!"\(error)".contains("\n"))
      }
    }
    #expect(refused > 20)
  }

  @Test func nothingStaysOpenAfterErrors() throws {
    let whole = ExampleFiles.dataset(users: 60)
    try DatasetFile.write(whole, to: folder.file("d.h5"))
    let bytes = try folder.bytes("d.h5")
    try folder.write(bytes.prefix(bytes.count - 10), to: "cut.h5")
    var broken = whole
    broken.events.item = Column([1000])
    try PlainDatasetFile.write(broken, to: folder.file("broken.h5"))
    var damaged: [String] = []
    for place in stride(from: 48, to: bytes.count, by: bytes.count / 40) {
      var copy = bytes
      copy[place] ^= 0x55
      damaged.append("damaged-\(place).h5")
      try folder.write(copy, to: damaged.last!)
    }
    try HDF5.exclusively {
      _ = try DatasetFile.read(folder.file("d.h5"))
      let before = HDF5.openIdentifiers()
      for _ in 0..<3 {
        _ = try DatasetFile.read(folder.file("d.h5"))
        _ = try FileSummary.read(folder.file("d.h5"))
        for name in ["cut.h5", "broken.h5", "none.h5"] + damaged {
          _ = try? DatasetFile.read(folder.file(name))
          _ = try? FileSummary.read(folder.file(name))
          _ = try? CheckpointFile.read(folder.file(name))
        }
        try DatasetFile.write(whole, to: folder.file("again.h5"))
        expectFileError(["/users/event_offsets"]) {
          try DatasetFile.write(broken, to: folder.file("again.h5"))
        }
        expectFileError(["no/such"]) { try DatasetFile.write(whole, to: folder.file("no/such/d.h5")) }
        var checkpoint = ExampleFiles.checkpoint()
        checkpoint.dense += [checkpoint.dense[0]]
        expectFileError(["/dense/mlp/1/weight"]) {
          try CheckpointFile.write(checkpoint, to: folder.file("c.h5"))
        }
      }
      #expect(HDF5.openIdentifiers() == before)
    }
  }
}
