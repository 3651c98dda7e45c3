import Import
import TestSupport
import Testing

/// Files of another kind are recognised by content and named.
@Suite struct FileSignatureTests {
  private static let files: [(String, [UInt8], FileSignature, String)] = [
    ("log.zip", [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 8, 0], .zip, "unzip"),
    ("log.csv", Array("BZh91AY&SY".utf8) + [1, 2, 3], .bzip2, "bunzip2"),
    ("log.xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0, 0, 4], .xz, "xz -d"),
    ("log.zst", [0x28, 0xB5, 0x2F, 0xFD, 4, 0], .zstandard, "zstd -d"),
    ("log.7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], .sevenZip, "7z x"),
    (
      "log.tar", Array("log.csv".utf8) + [UInt8](repeating: 0, count: 250) + Array("ustar".utf8), .tar,
      "tar -xf"
    ),
    ("log.parquet", Array("PAR1".utf8) + [0x15, 4], .parquet, "CSV"),
    ("log.h5", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A, 0], .hdf5, "lcft describe"),
    ("log.sqlite", Array("SQLite format 3\0".utf8), .sqlite, "CSV"),
    ("bom.csv", [0xFF, 0xFE] + wide("user,item\n", low: true), .utf16, "iconv"),
    ("big.csv", [0xFE, 0xFF] + wide("user,item\n", low: false), .utf16, "iconv"),
    ("plain16.csv", wide("user,item,timestamp\n", low: true), .utf16, "iconv"),
    ("plain16b.csv", wide("user,item,timestamp\n", low: false), .utf16, "iconv"),
    ("page.csv", Array("\n <!DOCTYPE html>\n<html><body>404 Not Found".utf8), .html, "head"),
    ("denied.json.gz", Array("<?xml version=\"1.0\"?><Error><Code>AccessDenied".utf8), .html, "fetch"),
    ("page2.csv", Array("<HTML><head><title>Moved".utf8), .html, "fetch"),
    ("picture.csv", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], .image, "text"),
    ("frame.csv", [0x80, 4, 0x95, 0x20, 0, 0, 0, 0, 0, 0, 0], .pickle, "CSV"),
    ("floats.csv", (0..<16).flatMap { [UInt8($0), 0, 0x80, 0x3F] }, .binary, "separated values"),
    (
      "lfs.csv", Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8), .lfsPointer,
      "git lfs pull"
    ),
  ]

  private static func wide(_ text: String, low: Bool) -> [UInt8] {
    text.utf8.flatMap { low ? [$0, 0] : [0, $0] }
  }

  @Test func otherKindsAreNamed() throws {
    let directory = try FileTestFolder()
    for (name, bytes, signature, advice) in Self.files {
      let file = try directory.write(bytes, to: name)
      let error = #expect(throws: ImportError.otherKind(file: file, signature), "\(name)") {
        try CSVImport.run(CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1))
      }
      let text = "\(try #require(error))"
      #expect(text.hasPrefix("\(file): this is ") && text.contains(advice) && !text.contains("\n"))
    }
  }

  @Test func insideGzipToo() throws {
    let directory = try FileTestFolder()
    for (name, bytes, signature, _) in Self.files {
      let file = try directory.gzip("\(name).gz", bytes)
      #expect(throws: ImportError.otherKind(file: file, signature), "\(name)") { try ByteSource(path: file) }
    }
    try directory.gzip("once.gz", "user,item,timestamp\n")
    let twice = try directory.gzip("twice.gz", directory.bytes("once.gz"))
    #expect(throws: ImportError.otherKind(file: twice, .gzip)) { try ByteSource(path: twice) }
  }

  @Test func everyInputOfEveryImporterIsLookedAt() throws {
    let directory = try FileTestFolder()
    let page = try directory.write("<!doctype html>", to: "page")
    let reviews = try directory.write(#"{"reviewerID": "U", "asin": "A", "unixReviewTime": 1}"#, to: "r")
    let ratings = try directory.write("userId,movieId,rating,timestamp\n1,2,4,5\n", to: "m")
    let error = ImportError.otherKind(file: page, .html)
    #expect(throws: error) {
      try AmazonImport.run(
        AmazonImport.Options(reviews: reviews, metadata: page, split: .fraction(0.5), seed: 1))
    }
    #expect(throws: error) {
      try MovieLensImport.run(
        MovieLensImport.Options(ratings: ratings, movies: page, split: .fraction(0.5), seed: 1))
    }
    #expect(throws: error) {
      try MovieLensImport.run(
        MovieLensImport.Options(ratings: ratings, genomeScores: page, split: .fraction(0.5), seed: 1))
    }
    #expect(throws: error) { try TaobaoImport.run(TaobaoImport.Options(.userBehavior(page))) }
  }

  @Test func textIsText() throws {
    for text in ["", "a", "user,item\n", "PK,item\n1,2\n", "1\0,2\n", "ORC,a\n", "<b>,x\n", "é,ü\n"] {
      #expect(FileSignature(Array(text.utf8)) == nil, "\(text.debugDescription)")
    }
    #expect(FileSignature([UInt8](repeating: 0, count: 512)) == nil)
  }
}
