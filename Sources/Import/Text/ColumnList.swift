import Support

/// The columns of a file in their order: found by name, and shown where one is missing.
package struct ColumnList: Equatable, Sendable {
  /// Where their names come from.
  package enum Origin: Equatable, Sendable {
    /// The file's first line, which `text` shows as it stands, with these bytes between names.
    case header(text: String, delimiter: [UInt8])
    /// They are given, or guessed, for a file without names.
    case order
    /// The keys of its objects.
    case keys
  }

  package var names: [String]
  package var origin: Origin

  package init(_ names: [String], _ origin: Origin) {
    self.names = names
    self.origin = origin
  }

  /// The index of the column that goes by one of `names`, whatever the case of its letters; the earlier of `names` comes
  /// first, and a name in just these letters before one in others. Throws where two columns of `file` go by one name.
  func index(_ names: [String], in file: String) throws(ImportError) -> Int? {
    for name in names { if let index = try only(name, file, { $0 }) { return index } }
    for name in names {
      if let index = try only(name.lowercased(), file, { $0.lowercased() }) { return index }
    }
    return nil
  }

  /// The index of the column called just `name`.
  func index(ofJust name: String, in file: String) throws(ImportError) -> Int? {
    try only(name, file, { $0 })
  }

  private func only(
    _ name: String, _ file: String, _ spelling: (String) -> String
  ) throws(ImportError) -> Int? {
    guard let index = names.firstIndex(where: { spelling($0) == name }) else { return nil }
    if let last = names.lastIndex(where: { spelling($0) == name }), last != index {
      throw .repeatedColumn(file: file, column: names[index], other: names[last])
    }
    return index
  }

  /// Throws where the first line of `file`, whose fields these are, is missing or blank.
  func checkHeader(of file: String) throws(ImportError) {
    if names.isEmpty { throw .noHeader(file: file) }
    if names == [""] { throw .blankHeader(file: file) }
  }

  /// Throws where one column of `file` has two roles.
  static func checkRoles(_ roles: [(column: String, what: String)], in file: String) throws(ImportError) {
    for (index, role) in roles.enumerated() {
      guard let other = roles[..<index].first(where: { $0.column == role.column }) else { continue }
      throw .twoRoles(file: file, column: role.column, first: other.what, second: role.what)
    }
  }

  /// The column that probably is meant by one of `names`, none of which is there: a name for something else that is known
  /// is none of them.
  func nearest(to names: [String]) -> String? {
    let free = self.names.filter { !UsualColumns.contains($0) }
    for name in names {
      guard let near = Suggestion.nearest(to: name.lowercased(), among: free.map { $0.lowercased() }) else {
        continue
      }
      return free.first { $0.lowercased() == near }
    }
    return nil
  }

  /// What a message says after "no".
  func missing(_ column: String) -> String {
    switch origin {
    case .keys: "key \(column) in its objects, which have \(shown)"
    case .order: "column \(column) among \(shown)"
    case .header(let text, let delimiter) where names.count == 1:
      "column \(column) in the header \(text), which is one column where fields are separated by "
        + "\(ColumnList.words(delimiter)): --delimiter, or delimiter: in a schema, says what separates them"
    case .header(let text, let delimiter):
      "column \(column) in the header \(text), whose fields are separated by \(ColumnList.words(delimiter))"
    }
  }

  /// What stands between fields, in words.
  private static func words(_ delimiter: [UInt8]) -> String {
    switch String(decoding: delimiter, as: UTF8.self) {
    case ",": "commas"
    case "\t": "tabs"
    case ";": "semicolons"
    case "|": "bars"
    case " ": "spaces"
    case "::": "double colons"
    case let other: "\"\(quoted(other))\""
    }
  }

  private var shown: String {
    let first = names.prefix(20).map { quoted($0) }.joined(separator: ", ")
    return first + (names.count > 20 ? " and \(names.count - 20) more" : names.isEmpty ? "none" : "")
  }
}
