import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

@Suite struct TextByteSourceTests {
  /// Everything that a source yields, read through a buffer of `chunk` bytes.
  private func contents(_ path: String, chunk: Int = 1000) throws -> (text: [UInt8], source: ByteSource) {
    let source = try ByteSource(path: path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunk, alignment: 1)
    defer { buffer.deallocate() }
    var text: [UInt8] = []
    while true {
      let count = try source.read(into: buffer)
      if count == 0 { return (text, source) }
      text += buffer[..<count]
    }
  }

  /// Text that gzip compresses to several hundred bytes.
  private let text = (0..<400).map { "\($0 &* 2_654_435_761 % 9973),line\n" }.joined()

  @Test(arguments: [1, 3, 1000])
  func readsPlainFiles(chunk: Int) throws {
    let directory = try FileTestFolder()
    for content in ["", "a", "ab", "abc\n", text] {
      let (read, source) = try contents(directory.write(content, to: "plain.gz"), chunk: chunk)
      #expect(read == Array(content.utf8))
      #expect(source.file.offset == Int64(content.utf8.count))
    }
  }

  @Test(arguments: [1, 3, 1000])
  func readsGzipWhateverItsName(chunk: Int) throws {
    let directory = try FileTestFolder()
    let (read, source) = try contents(directory.gzip("one.csv", text), chunk: chunk)
    #expect(read == Array(text.utf8))
    #expect(source.file.offset < Int64(text.utf8.count))
    let (joined, _) = try contents(directory.gzip("three.csv", "one\n", "", text), chunk: chunk)
    #expect(joined == Array(("one\n" + text).utf8))
  }

  @Test func hashesTheBytesOnDisk() throws {
    let directory = try FileTestFolder()
    let (_, plain) = try contents(directory.write("abc", to: "abc"), chunk: 2)
    // FIPS 180-2, appendix B.1.
    #expect(plain.file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    let (_, compressed) = try contents(directory.gzip("text.gz", text))
    let bytes = try directory.bytes("text.gz")
    let (_, copy) = try contents(directory.write([0] + bytes, to: "copy"))
    let again = try contents(directory.write(bytes, to: "again")).source
    #expect(compressed.file.sha256 == again.file.sha256)
    #expect(compressed.file.sha256 != copy.file.sha256)
  }

  @Test func refusesEveryCutOfAGzipFile() throws {
    let directory = try FileTestFolder()
    try directory.gzip("whole.gz", text)
    let whole = try directory.bytes("whole.gz")
    for length in 2..<whole.count {
      let cut = try directory.write(Array(whole[..<length]), to: "cut.gz")
      #expect(throws: ImportError.gzipCutShort(file: cut, offset: Int64(length))) { try contents(cut) }
    }
    // A second member cut short, once its two magic bytes are there.
    for length in 2..<whole.count {
      let cut = try directory.write(whole + whole[..<length], to: "cut.gz")
      #expect(throws: ImportError.gzipCutShort(file: cut, offset: Int64(whole.count + length))) {
        try contents(cut)
      }
    }
  }

  @Test func refusesDamagedGzipFiles() throws {
    let directory = try FileTestFolder()
    try directory.gzip("whole.gz", text)
    let whole = try directory.bytes("whole.gz")
    // Past the header (whose time and system bytes mean nothing), every byte is covered by the checks.
    for place in 10..<whole.count {
      var damaged = whole
      damaged[place] ^= 0x10
      let file = try directory.write(damaged, to: "damaged.gz")
      #expect(throws: ImportError.self, "byte \(place)") { try contents(file) }
    }
  }

  @Test func refusesBytesBehindTheLastMember() throws {
    let directory = try FileTestFolder()
    try directory.gzip("whole.gz", text)
    let whole = try directory.bytes("whole.gz")
    for rest in [[0, 0, 1], Array("user,item\n".utf8), [0x1F, 0], [0x1F, 0x8B, 7, 0, 0]] as [[UInt8]] {
      let file = try directory.write(whole + rest, to: "trailing.gz")
      #expect(throws: ImportError.gzipTrailingBytes(file: file, offset: Int64(whole.count))) {
        try contents(file)
      }
    }
  }

  @Test(arguments: [1, 511, 512, 300_000, 600_000])
  func zerosBehindTheLastMemberArePadding(count: Int) throws {
    let directory = try FileTestFolder()
    try directory.gzip("whole.gz", text)
    let whole = try directory.bytes("whole.gz")
    let zeros = [UInt8](repeating: 0, count: count)
    let (read, source) = try contents(directory.write(whole + zeros, to: "padded.gz"))
    #expect(read == Array(text.utf8))
    // The checksum is of all bytes on disk.
    #expect(source.file.offset == Int64(whole.count + count))
    let file = try directory.write(whole + zeros + [7], to: "spoilt.gz")
    #expect(throws: ImportError.gzipTrailingBytes(file: file, offset: Int64(whole.count))) {
      try contents(file)
    }
  }

  @Test func namesWhatCannotBeOpenedOrRead() throws {
    let directory = try FileTestFolder()
    let missing = directory.path + "/missing.csv"
    #expect(throws: ImportError.cannotOpen(file: missing, code: ENOENT)) { try contents(missing) }
    #expect(throws: ImportError.isFolder(file: directory.path)) {
      try contents(directory.path)
    }
    #expect("\(ImportError.cannotOpen(file: "x.csv", code: ENOENT))".contains("No such file"))
  }
}
