import HDF5
import Support

/// The kinds of file, by the value of their root attribute `format`.
package enum FileKind: String, Sendable, CaseIterable {
  case dataset = "lcft-dataset"
  case catalogue = "lcft-catalogue"
  case checkpoint = "lcft-checkpoint"
  case results = "lcft-results"
  case models = "lcft-models"
  case abTest = "lcft-ab-test"
  case labels = "lcft-labels"
  case search = "lcft-search"
  case predictions = "lcft-predictions"
  case choice = "lcft-choice"

  /// The version of the format that this code writes, and the newest that it reads.
  package var newestVersion: Int {
    switch self {
    // Of version 1 the samples' order in an epoch is another.
    case .dataset, .checkpoint: 2
    case .catalogue, .results, .models, .abTest, .labels, .search, .predictions, .choice: 1
    }
  }

  /// The kind of the file `path`, from its root attributes alone. Throws where it is none of ours.
  package static func of(_ path: String) throws -> FileKind { try FileHeader.read(path).kind }
}

/// The root attributes that every kind of file has.
package struct FileHeader: Sendable, Equatable {
  /// The program and its version.
  package static let programVersion = "0.2.0"
  /// The version of the library that writes and reads files: `1.10.8`.
  package static var libraryVersion: String { HDF5.version() }

  /// `format`.
  package var kind: FileKind
  /// `format_version`.
  package var version: Int
  /// `creator`: program and version.
  package var creator: String
  /// `created`: ISO 8601, UTC.
  package var created: String
  /// `content_digest`: what `contentDigest()` of the content gives; nil in files that another program wrote
  /// without it.
  package var contentDigest: String?

  package init(
    _ kind: FileKind, created: String = timestamp(), contentDigest: String?,
    version: Int? = nil, creator: String = "lcft \(programVersion)"
  ) {
    self.kind = kind
    self.version = version ?? kind.newestVersion
    self.creator = creator
    self.created = created
    self.contentDigest = contentDigest
  }

  /// Reads the header of the file `path` and nothing else of it.
  package static func read(_ path: String) throws -> FileHeader {
    let file = try StoredFile.open(path)
    let root = try file.root()
    return try FileHeader(root)
  }

  /// Reads and checks the attributes of a file's root group; `expected`, where given, is the only kind allowed.
  init(_ root: borrowing HDF5.Group, expecting expected: FileKind? = nil) throws {
    let file = root.location.file
    let expectation = expected?.rawValue ?? FileKind.allCases.map(\.rawValue).joined(separator: ", ")
    let found = try root.text("format")
    guard let found, let kind = FileKind(rawValue: found), expected == nil || expected == kind else {
      throw FileError.wrongFormat(file: file, expected: expectation, found: found ?? "not given")
    }
    creator = try root.text("creator") ?? "unknown"
    created = try root.text("created") ?? "unknown"
    contentDigest = try root.text("content_digest")
    guard let version = try root.attribute("format_version", as: Int64.self).map({ Int($0) }) else {
      throw HDF5Error.missing(root.location, what: "attribute format_version")
    }
    guard version <= kind.newestVersion else {
      throw FileError.newerVersion(
        file: file, format: found, found: version, supported: kind.newestVersion, creator: creator)
    }
    guard version >= 1 else { throw FileError.wrongVersion(file: file, format: found, found: version) }
    self.kind = kind
    self.version = version
    if try root.attribute(FileSeal.attribute, as: Int64.self) != nil, try !FileSeal.isSealed(file) {
      throw FileError.brokenSeal(file: file)
    }
  }

  /// Throws where the file `file` states another digest than `found`, that of the content read from it.
  func check(digest found: String, file: String) throws(FileError) {
    if let contentDigest, contentDigest != found {
      throw .wrongDigest(file: file, stated: contentDigest, found: found)
    }
  }

  func write(to root: borrowing HDF5.Group) throws {
    try root.setAttribute("format", kind.rawValue)
    try root.setAttribute("format_version", Int32(version))
    try root.setAttribute("creator", creator)
    try root.setAttribute("created", created)
    if let contentDigest { try FileHeader.write(contentDigest: contentDigest, to: root) }
  }

  /// Writes the digest of a content that is known only when it has been written.
  static func write(contentDigest: String, to root: borrowing HDF5.Group) throws {
    try root.setAttribute("content_digest", contentDigest)
  }

  /// The time of now as the attribute `created` holds it; the time of the environment variable
  /// SOURCE_DATE_EPOCH (seconds since 1970) where that is set, so that the same content gives the same bytes.
  package static func timestamp() -> String {
    timestamp(epoch: getenv("SOURCE_DATE_EPOCH").flatMap { Int(String(cString: $0)) } ?? time(nil))
  }

  /// `2024-02-29T12:00:00Z` for seconds since 1970.
  package static func timestamp(epoch: Int) -> String {
    var seconds = time_t(epoch)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 32)
    let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
