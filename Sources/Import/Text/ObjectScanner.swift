import Support

/// Reads one line that holds one object, in strict JSON or as Python prints a dict, field by field and
/// without building anything: what is not asked for is checked for form and passed over.
///
///     var scanner = try ObjectScanner(line)
///     while let key = try scanner.nextKey() {
///       if key.spells("asin") { asin = try scanner.string("asin") } else { try scanner.skip() }
///     }
///     try scanner.finish()
///
/// The dialect is told by the first key's quote. JSON is RFC 8259, and NaN and Infinity as Python's json
/// writes them. Python is the literals that `repr` prints: both quotes, a `u` prefix, True, False, None,
/// tuples, `12L`, a comma before a closing bracket; no expressions, bytes or `\N{...}`.
package struct ObjectScanner {
  package enum Dialect { case json, python }

  package private(set) var dialect: Dialect
  let line: Line
  var index = 0
  /// Whether a bracket was just opened, so that no comma precedes what comes next.
  private var opened = true

  /// Enters the line's object.
  package init(_ line: Line) throws(MalformedLine) {
    self.line = line
    dialect = .json
    skipSpace()
    guard index < line.count, line[index] == UInt8(ascii: "{") else {
      throw fault("an object { ... } is expected")
    }
    index += 1
    skipSpace()
    if index < line.count && line[index] != UInt8(ascii: "\"") && line[index] != UInt8(ascii: "}") {
      dialect = .python
    }
  }

  /// The next key of the object entered last, decoded; nil at its end, which is passed. The key's value
  /// has to be taken before the next call.
  package mutating func nextKey() throws(MalformedLine) -> Bytes? {
    guard try hasKey() else { return nil }
    let key = try string()
    try passColon()
    return key
  }

  /// Whether another element follows in the list entered last; its end is passed.
  package mutating func nextElement() throws(MalformedLine) -> Bool {
    try hasNext(before: UInt8(ascii: "]"), "list")
  }

  /// After the object's end: nothing but space may follow.
  package mutating func finish() throws(MalformedLine) {
    skipSpace()
    if index < line.count { throw fault("text after the end of the object") }
  }

  /// Whether the next value is a string.
  package var atString: Bool {
    guard index < line.count else { return false }
    switch line[index] {
    case UInt8(ascii: "\""): return true
    case UInt8(ascii: "'"): return dialect == .python
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      guard dialect == .python && index + 1 < line.count else { return false }
      return line[index + 1] == UInt8(ascii: "'") || line[index + 1] == UInt8(ascii: "\"")
    default: return false
    }
  }

  /// The next value, a string, decoded.
  package mutating func string(_ field: String) throws(MalformedLine) -> Bytes {
    guard atString else {
      try skip()
      throw .notAString(field: field)
    }
    return try string()
  }

  /// Passes the next value, whatever it is.
  package mutating func skip() throws(MalformedLine) { try skip(depth: 0) }

  private mutating func skip(depth: Int) throws(MalformedLine) {
    // Bounds the recursion that a line of brackets alone would cause.
    guard depth < 64 else { throw fault("nested more than 64 deep") }
    guard index < line.count else { throw cut("value") }
    switch line[index] {
    case UInt8(ascii: "{"):
      index += 1
      opened = true
      while try hasKey() {
        try skipString()
        try passColon()
        try skip(depth: depth + 1)
      }
    case UInt8(ascii: "["):
      index += 1
      opened = true
      while try nextElement() { try skip(depth: depth + 1) }
    case UInt8(ascii: "(") where dialect == .python:
      index += 1
      opened = true
      while try hasNext(before: UInt8(ascii: ")"), "tuple") { try skip(depth: depth + 1) }
    default:
      if atString { try skipString() } else { try skipWord() }
    }
  }

  /// Whether a key follows in the object entered last; its end is passed.
  private mutating func hasKey() throws(MalformedLine) -> Bool {
    guard try hasNext(before: UInt8(ascii: "}"), "object") else { return false }
    guard atString else { throw fault("a quoted key is expected") }
    return true
  }

  private mutating func passColon() throws(MalformedLine) {
    skipSpace()
    guard index < line.count, line[index] == UInt8(ascii: ":") else {
      throw index == line.count ? cut("object") : fault("a colon is expected")
    }
    index += 1
    skipSpace()
  }

  /// Enters the next value if it is an object.
  package mutating func enterObject() -> Bool {
    guard index < line.count, line[index] == UInt8(ascii: "{") else { return false }
    index += 1
    opened = true
    return true
  }

  /// The next value as it is spelt: a number or one of the dialect's words; nil for anything else, which is passed.
  package mutating func word() throws(MalformedLine) -> Bytes? {
    let start = index
    let isString = atString
    try skip()
    guard !isString, start < index else { return nil }
    switch line[start] {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("): return nil
    default: return Bytes(rebasing: line[start..<index])
    }
  }

  /// Enters the next value if it is a list.
  package mutating func enterList() throws(MalformedLine) -> Bool {
    guard index < line.count, line[index] == UInt8(ascii: "[") else { return false }
    index += 1
    opened = true
    return true
  }

  /// Passes the comma before the next member, or the closing bracket; whether there is a next member.
  private mutating func hasNext(before close: UInt8, _ what: String) throws(MalformedLine) -> Bool {
    skipSpace()
    guard index < line.count else { throw cut(what) }
    var mayClose = true
    if !opened && line[index] == UInt8(ascii: ",") {
      index += 1
      skipSpace()
      guard index < line.count else { throw cut(what) }
      mayClose = dialect == .python
    } else if !opened && line[index] != close {
      throw fault("a comma or the end of the \(what) is expected")
    }
    opened = false
    guard line[index] == close else { return true }
    guard mayClose else { throw fault("a comma before the end of the \(what)") }
    index += 1
    return false
  }

  @inline(__always)
  private mutating func skipSpace() {
    while index < line.count {
      switch line[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return
      }
    }
  }

  func fault(_ what: String) -> MalformedLine { .syntax(column: index + 1, what) }

  func cut(_ what: String) -> MalformedLine {
    .syntax(column: line.count + 1, "the line ends inside the \(what)")
  }
}

/// Python's and JavaScript's words for what is no finite number.
func isNotFinite(_ spelling: Bytes) -> Bool {
  spelling.spells("NaN") || spelling.spells("Infinity") || spelling.spells("-Infinity")
}
