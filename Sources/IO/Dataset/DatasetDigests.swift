import HDF5
import Support

/// The digests of a data set's parts: of every block of users and of every table on the item side. The digest of
/// the whole is made of them, so that a reader of a few blocks can check these and their place in the whole.
///
/// A block's digest is the `ContentDigest` of the user-side columns of a data set that has the block's users alone:
/// the block's rows of each column, and offsets that start at 0. It depends on nothing before the block.
package struct DatasetDigests: Sendable, Equatable {
  /// `/blocks`: the rows of a block's users, and their digest.
  package struct Block: Sendable, Equatable {
    package var events: Int
    package var trainSamples: Int
    /// Training samples with label 1. Over all blocks' training samples they give the global CTR, w_g.
    package var trainPositives: Int
    package var testSamples: Int
    package var digest: String
  }

  /// `/parts`: a table on the item side by its path, and the digest of its columns.
  package struct Part: Sendable, Equatable {
    package var path: String
    package var digest: String
  }

  package let blocks: UserBlocks
  package var ofBlocks: [Block]
  /// In the order of the bytes of their paths.
  package var ofParts: [Part]

  /// What the digest of the whole is made of, in ASCII:
  ///
  ///     lcft-dataset 2
  ///     block_users 128
  ///     users 6040
  ///     block 0 events 6120 train 30711 positives 5204 test 8002 DIGEST     one line per block
  ///     part /items DIGEST                                                  one line per part
  package var text: String {
    var text = "\(FileKind.dataset.rawValue) 2\nblock_users \(blocks.size)\nusers \(blocks.users)\n"
    for (index, block) in ofBlocks.enumerated() {
      text += "block \(index) events \(block.events) train \(block.trainSamples) "
      text += "positives \(block.trainPositives) test \(block.testSamples) \(block.digest)\n"
    }
    for part in ofParts { text += "part \(part.path) \(part.digest)\n" }
    return text
  }

  /// The content digest of the data set: SHA-256 of `text`, in hexadecimal.
  package var root: String { hexadecimal(Array(text.utf8).withUnsafeBytes(SHA256.digest)) }

  /// Throws `FileError.wrongPart` for the first of `blocks` of which `found`, from the columns, differs from this, which
  /// the file `file` states.
  func check(blocks range: Range<Int>, _ found: [Block], file: String) throws(FileError) {
    for (index, (stated, found)) in zip(range, zip(ofBlocks[range], found)) where stated != found {
      let users = blocks.users(ofBlock: index)
      throw .wrongPart(
        file: file, what: "block \(index) (user rows \(users.lowerBound) to \(users.upperBound - 1))",
        table: "/blocks/digest", stated: stated.digest, found: found.digest)
    }
  }

  /// The same for the tables on the item side.
  func check(parts found: [Part], file: String) throws(FileError) {
    for path in (ofParts + found).map(\.path) {
      let (stated, found) = (
        DatasetDigests.digest(ofPart: path, ofParts), DatasetDigests.digest(ofPart: path, found)
      )
      if stated != found {
        throw .wrongPart(file: file, what: path, table: "/parts/digest", stated: stated, found: found)
      }
    }
  }

  private static func digest(ofPart path: String, _ parts: [Part]) -> String {
    parts.first { $0.path == path }?.digest ?? "none"
  }
}

extension DatasetDigests {
  /// Columns of `/blocks` that say where the rows of each block begin.
  private static let bounds: [(name: String, count: WritableKeyPath<Block, Int> & Sendable, of: String)] = [
    ("event_offsets", \.events, "/events"), ("train_offsets", \.trainSamples, "/samples/train"),
    ("test_offsets", \.testSamples, "/samples/test"),
  ]

  /// Writes the attribute `block_users` and the groups `/blocks` and `/parts`.
  func write(to root: borrowing HDF5.Group) throws {
    try root.setAttribute(UserBlocks.attribute, Int64(blocks.size))
    let group = try root.makeGroup("blocks")
    try group.write(
      "digest", StringColumn(ofBlocks.map(\.digest)),
      description: "SHA-256 of the columns of the block's users: users b * block_users up to the next block's"
    )
    for (name, count, table) in DatasetDigests.bounds {
      var offsets: [Int64] = [0]
      for block in ofBlocks { offsets.append(offsets[offsets.count - 1] + Int64(block[keyPath: count])) }
      try group.write(
        name, offsets, description: "block b has rows \(name)[b] up to \(name)[b + 1] of \(table)")
    }
    try group.write(
      "train_positives", ofBlocks.map { Int64($0.trainPositives) },
      description: "training samples of the block's users with label 1")
    let parts = try root.makeGroup("parts")
    try parts.write(
      "path", StringColumn(ofParts.map(\.path)), description: "a table that belongs to no user")
    try parts.write(
      "digest", StringColumn(ofParts.map(\.digest)), description: "SHA-256 of its columns")
  }

  /// Reads what a file states of `blocks`. The numbers may be any; `root` tells whether they are the file's own.
  init(_ root: borrowing HDF5.Group, blocks: UserBlocks) throws {
    let group = try root.group("blocks")
    let stored = try group.dataset("digest")
    try stored.checkCount(blocks.count)
    let digests = try stored.strings()
    let positives = try group.array("train_positives", of: Int64.self, count: blocks.count)
    var table = (0..<blocks.count).map {
      Block(
        events: 0, trainSamples: 0, trainPositives: Int(positives[$0]), testSamples: 0, digest: digests[$0])
    }
    for (name, count, _) in DatasetDigests.bounds {
      let offsets = try group.array(name, of: Int64.self, count: blocks.count + 1)
      for block in table.indices { table[block][keyPath: count] = Int(offsets[block + 1] &- offsets[block]) }
    }
    let parts = try root.group("parts")
    let paths = try parts.dataset("path").strings()
    let partDigests = try parts.dataset("digest")
    try partDigests.checkCount(paths.count)
    let values = try partDigests.strings()
    self.init(
      blocks: blocks, ofBlocks: table,
      ofParts: (0..<paths.count).map { Part(path: paths[$0], digest: values[$0]) })
  }
}
