import CZlib
import Foundation
import Import
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
    (
      "lfs.csv", Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\n".utf8), .lfsPointer,
      "git lfs pull"
    ),
  ]

  private static func wide(_ text: String, low: Bool) -> [UInt8] {
    text.utf8.flatMap { low ? [$0, 0] : [0, $0] }
  }

  @Test func otherKindsAreNamed() throws {
    let directory = try TemporaryDirectory()
    for (name, bytes, signature, advice) in Self.files {
      let file = try directory.file(name, bytes)
      let error = #expect(throws: ImportError.otherKind(file: file, signature), "\(name)") {
        try CSVImport.run(CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1))
      }
      let text = "\(try #require(error))"
      #expect(text.hasPrefix("\(file): this is ") && text.contains(advice) && !text.contains("\n"))
    }
  }

  @Test func insideGzipToo() throws {
    let directory = try TemporaryDirectory()
    for (name, bytes, signature, _) in Self.files {
      let file = directory.path + "/\(name).gz"
      let handle = try #require(gzopen(file, "wb9"))
      #expect(gzwrite(handle, bytes, UInt32(bytes.count)) == Int32(bytes.count))
      #expect(gzclose(handle) == Z_OK)
      #expect(throws: ImportError.otherKind(file: file, signature), "\(name)") { try ByteSource(path: file) }
    }
    let once = try directory.gzip("once.gz", "user,item,timestamp\n")
    let bytes = try directory.bytes(once)
    let twice = directory.path + "/twice.gz"
    let handle = try #require(gzopen(twice, "wb9"))
    #expect(gzwrite(handle, bytes, UInt32(bytes.count)) == Int32(bytes.count))
    #expect(gzclose(handle) == Z_OK)
    #expect(throws: ImportError.otherKind(file: twice, .gzip)) { try ByteSource(path: twice) }
  }

  @Test func everyInputOfEveryImporterIsLookedAt() throws {
    let directory = try TemporaryDirectory()
    let page = try directory.file("page", "<!doctype html>")
    let reviews = try directory.file("r", #"{"reviewerID": "U", "asin": "A", "unixReviewTime": 1}"#)
    let ratings = try directory.file("m", "userId,movieId,rating,timestamp\n1,2,4,5\n")
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
