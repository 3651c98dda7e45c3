/// What a file is that is no text an importer reads, told by its first bytes and not by its name.
package enum FileSignature: Equatable, Sendable {
  case zip, bzip2, xz, zstandard, lz4, sevenZip, rar, gzip, tar
  case parquet, arrow, orc, avro, hdf5, sqlite, numpy, spreadsheet, pdf
  case utf16, utf32, html, lfsPointer, image, pickle, binary

  /// Bytes from the beginning of a text that are enough to tell.
  package static let bytes = 512

  package init?(_ bytes: [UInt8]) {
    for (signature, offset, pattern) in FileSignature.patterns
    where bytes.count >= offset + pattern.count
      && bytes[offset..<offset + pattern.count].elementsEqual(pattern)
    {
      self = signature
      return
    }
    if FileSignature.isUTF16(bytes) {
      self = .utf16
    } else if FileSignature.isMarkup(bytes) {
      self = .html
    } else if FileSignature.isBinary(bytes) {
      self = .binary
    } else {
      return nil
    }
  }

  /// What it is, after "this is ".
  package var name: String {
    switch self {
    case .zip: "a zip archive (or a spreadsheet, .xlsx)"
    case .bzip2: "a bzip2 file"
    case .xz: "an xz file"
    case .zstandard: "a zstd file"
    case .lz4: "an lz4 file"
    case .sevenZip: "a 7z archive"
    case .rar: "a rar archive"
    case .gzip: "a gzip file within a gzip file"
    case .tar: "a tar archive"
    case .parquet: "a Parquet file"
    case .arrow: "an Arrow or Feather file"
    case .orc: "an ORC file"
    case .avro: "an Avro file"
    case .hdf5: "an HDF5 file"
    case .sqlite: "an SQLite database"
    case .numpy: "a NumPy file"
    case .spreadsheet: "an Excel or other Office document"
    case .pdf: "a PDF document"
    case .utf16: "text in UTF-16"
    case .utf32: "text in UTF-32"
    case .html: "a web page (HTML or XML), perhaps a download's error page"
    case .lfsPointer: "a Git LFS pointer, not the file itself"
    case .image: "an image"
    case .pickle: "a Python pickle"
    case .binary: "no text: many of its first bytes are no characters"
    }
  }

  /// What to do with `file`.
  package func advice(_ file: String) -> String {
    switch self {
    case .zip: "unpack it with `unzip \(file)` and import the file inside"
    case .bzip2: "unpack it with `bunzip2 \(file)`"
    case .xz: "unpack it with `xz -d \(file)`"
    case .zstandard: "unpack it with `zstd -d \(file)`"
    case .lz4: "unpack it with `lz4 -d \(file)`"
    case .sevenZip: "unpack it with `7z x \(file)` and import the file inside"
    case .rar: "unpack it with `unrar x \(file)` and import the file inside"
    case .gzip: "unpack it with `gunzip` once"
    case .tar: "unpack it with `tar -xf \(file)` and import the file inside"
    case .parquet, .arrow, .orc, .avro, .sqlite, .numpy, .spreadsheet, .pickle:
      "save the table as CSV and import that"
    case .hdf5: "imports read text; a data set of lcft goes to `lcft describe` or `lcft run --data`"
    case .pdf, .image: "imports read text"
    case .binary: "imports read separated values or JSON lines, plain or .gz"
    case .utf16: "convert it with `iconv -f UTF-16 -t UTF-8`"
    case .utf32: "convert it with `iconv -f UTF-32 -t UTF-8`"
    case .html: "look at it with `head`, and fetch the file again"
    case .lfsPointer: "fetch the file with `git lfs pull`"
    }
  }

  /// The patterns of a longer kind come before those that begin alike.
  private static let patterns: [(FileSignature, offset: Int, [UInt8])] = [
    (.zip, 0, [0x50, 0x4B, 3, 4]), (.zip, 0, [0x50, 0x4B, 5, 6]), (.zip, 0, [0x50, 0x4B, 7, 8]),
    (.bzip2, 4, [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]), (.bzip2, 4, [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]),
    (.xz, 0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), (.zstandard, 0, [0x28, 0xB5, 0x2F, 0xFD]),
    (.lz4, 0, [0x04, 0x22, 0x4D, 0x18]), (.sevenZip, 0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
    (.rar, 0, Array("Rar!\u{1A}\u{7}".utf8)), (.gzip, 0, [0x1F, 0x8B, 8]), (.tar, 257, Array("ustar".utf8)),
    (.parquet, 0, Array("PAR1".utf8)), (.arrow, 0, Array("ARROW1".utf8)), (.arrow, 0, Array("FEA1".utf8)),
    (.orc, 0, Array("ORC\u{A}".utf8)), (.orc, 0, Array("ORC\u{8}".utf8)), (.avro, 0, Array("Obj\u{1}".utf8)),
    (.hdf5, 0, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]),
    (.sqlite, 0, Array("SQLite format 3\0".utf8)), (.numpy, 0, [0x93] + Array("NUMPY".utf8)),
    (.spreadsheet, 0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]), (.pdf, 0, Array("%PDF-".utf8)),
    (.utf32, 0, [0xFF, 0xFE, 0, 0]), (.utf32, 0, [0, 0, 0xFE, 0xFF]), (.utf16, 0, [0xFF, 0xFE]),
    (.utf16, 0, [0xFE, 0xFF]), (.image, 0, [0x89, 0x50, 0x4E, 0x47]), (.image, 0, [0xFF, 0xD8, 0xFF]),
    (.image, 0, Array("GIF8".utf8)), (.pickle, 0, [0x80, 2]), (.pickle, 0, [0x80, 3]),
    (.pickle, 0, [0x80, 4, 0x95]), (.pickle, 0, [0x80, 5, 0x95]),
    (.lfsPointer, 0, Array("version https://git-lfs.".utf8)),
  ]

  /// Without a byte order mark: nearly every second byte is zero, as in Latin text, and the others are not.
  private static func isUTF16(_ bytes: [UInt8]) -> Bool {
    let pairs = bytes.count / 2
    guard pairs >= 8 else { return false }
    var zeros = [0, 0]
    for index in 0..<pairs * 2 where bytes[index] == 0 { zeros[index & 1] += 1 }
    return zeros.max()! * 10 >= pairs * 9 && zeros.min()! * 10 <= pairs
  }

  /// At least one byte in ten is a control character that no text has.
  private static func isBinary(_ bytes: [UInt8]) -> Bool {
    let strange = bytes.count {
      $0 < 0x1B && !(0x07...0x0D).contains($0) && $0 > 0x02 || $0 == 0 || $0 == 0x7F
    }
    return bytes.count >= 32 && strange * 10 >= bytes.count && bytes.contains { $0 != 0 }
  }

  private static func isMarkup(_ bytes: [UInt8]) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self).trimmingPrefix("\u{FEFF}").drop(while: \.isWhitespace)
      .lowercased()
    return ["<!doctype", "<html", "<head", "<body", "<?xml", "<error"].contains(where: text.hasPrefix)
  }
}
