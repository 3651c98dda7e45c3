import Yams

/// A value of a YAML text, whatever it is, and where it stands.
package struct YAMLValue {
  package let file: String
  package let line: Int
  let node: Node

  init(_ node: Node, file: String) {
    self.file = file
    line = node.mark?.line ?? 1
    self.node = node
  }

  /// The value that `text` is by itself; `file` names it in errors. Throws `YAMLError`.
  package static func parse(_ text: String, file: String) throws -> YAMLValue {
    let root = try YAMLSection.parse("value: \(text)", file: file)
    guard let value = root.value(of: "value") else {
      throw YAMLError.invalid(file: file, line: 1, message: "has no value")
    }
    try root.finish()
    return value
  }

  /// The elements of a list; nil where it is none.
  package var elements: [YAMLValue]? { node.sequence.map { $0.map { YAMLValue($0, file: file) } } }

  /// The text of a value that is neither a list nor a mapping; nil for these.
  package var scalar: String? { node.scalar?.string }

  /// On one line, as YAML has it.
  package var text: String { YAMLValue.text(node) }

  private static func text(_ node: Node) -> String {
    if let sequence = node.sequence { return "[\(sequence.map(text).joined(separator: ", "))]" }
    if let mapping = node.mapping {
      return "{\(mapping.map { "\(text($0.key)): \(text($0.value))" }.joined(separator: ", "))}"
    }
    return yamlText(node.scalar?.string ?? "")
  }
}

extension YAMLSection {
  /// The value of `key`; nil where there is none.
  package func value(of key: String) -> YAMLValue? { node(key).map { YAMLValue($0, file: file) } }
}

/// `text` as a scalar of YAML: as it is where it cannot be taken for anything else, or in quotes.
package func yamlText(_ text: String) -> String {
  let plain = text.unicodeScalars.allSatisfy {
    ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
      || "_./+-".unicodeScalars.contains($0)
  }
  if plain, let first = text.unicodeScalars.first, first != "-" || Double(text) != nil { return text }
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": quoted += "\\\(scalar)"
    case "\n": quoted += "\\n"
    case _
    where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value) || scalar.value == 0x2028
      || scalar.value == 0x2029 || scalar.value == 0xFEFF:
      quoted +=
        "\\U" + String(repeating: "0", count: 8 - String(scalar.value, radix: 16).count)
        + String(scalar.value, radix: 16)
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}
