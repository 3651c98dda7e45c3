import Support
import Yams

/// One mapping of a job file, read key by key. Every error names file and line; keys that nobody asked for
/// are errors too, so that a misspelt setting is never silently a default.
package final class YAMLSection {
  private let file: String
  private let path: String
  private let node: Node
  private var known: [String] = []

  /// Parses `text`; its root is a mapping.
  package static func parse(_ text: String, file: String) throws -> YAMLSection {
    // Aliases of aliases double with every step what has to be compared; a job needs few or none.
    guard text.matches(of: /(?:^|[\s,:\[{?-])\*[^\s*]/).count <= 16 else {
      throw JobError.invalid(file: file, line: 1, message: "has more than 16 aliases (*name); write them out")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch let error as YamlError {
      throw JobError.syntax(file: file, message: oneLine("\(error)"))
    }
    guard let node, node.mapping != nil else {
      throw JobError.invalid(
        file: file, line: node?.mark?.line ?? 1, message: "a job is a mapping of keys to values")
    }
    return YAMLSection(file: file, path: "", node: node)
  }

  private init(file: String, path: String, node: Node) {
    self.file = file
    self.path = path
    self.node = node
  }

  /// The mapping under `key`, empty if there is none.
  package func section(_ key: String) throws -> YAMLSection {
    guard let value = value(key) else {
      return YAMLSection(file: file, path: join(key), node: Node.mapping(.init([], node.tag)))
    }
    guard value.mapping != nil else { throw wrong(value, key, "a mapping of keys to values") }
    return YAMLSection(file: file, path: join(key), node: value)
  }

  package func string(_ key: String, default fallback: String) throws -> String {
    guard let value = value(key) else { return fallback }
    guard let string = value.scalar?.string, !string.isEmpty else { throw wrong(value, key, "a text") }
    return string
  }

  /// One of `allowed`.
  package func choice(_ key: String, default fallback: String, of allowed: [String]) throws -> String {
    guard let value = value(key) else { return fallback }
    guard let string = value.scalar?.string, allowed.contains(string) else {
      throw wrong(value, key, "one of \(allowed.joined(separator: ", "))")
    }
    return string
  }

  /// One of an enumeration's names.
  package func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, default fallback: Choice
  ) throws -> Choice {
    let name = try choice(key, default: fallback.rawValue, of: Choice.allCases.map(\.rawValue))
    return Choice(rawValue: name) ?? fallback
  }

  /// One or more of `allowed`, none twice.
  package func choices(_ key: String, default fallback: [String], of allowed: [String]) throws -> [String] {
    guard let value = value(key) else { return fallback }
    let wanted = "a list of some of \(allowed.joined(separator: ", ")), none twice"
    guard let sequence = value.sequence, !sequence.isEmpty else { throw wrong(value, key, wanted) }
    var chosen: [String] = []
    for element in sequence {
      guard let string = element.scalar?.string, allowed.contains(string), !chosen.contains(string) else {
        throw wrong(element, key, wanted)
      }
      chosen.append(string)
    }
    return chosen
  }

  package func integer(_ key: String, default fallback: Int, in range: ClosedRange<Int>) throws -> Int {
    guard let value = value(key) else { return fallback }
    guard let number = value.int, range.contains(number) else {
      throw wrong(value, key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// One or more whole numbers.
  package func integers(
    _ key: String, default fallback: [Int], in range: ClosedRange<Int>, counts: ClosedRange<Int>
  ) throws -> [Int] {
    try list(key, default: fallback, of: "whole numbers", in: range, counts: counts) { $0.int }
  }

  package func number(_ key: String, default fallback: Double, in range: ClosedRange<Double>) throws -> Double
  {
    guard let value = value(key) else { return fallback }
    guard let number = value.float, range.contains(number) else {
      throw wrong(value, key, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// One or more numbers.
  package func numbers(
    _ key: String, default fallback: [Double], in range: ClosedRange<Double>, counts: ClosedRange<Int>
  ) throws -> [Double] {
    try list(key, default: fallback, of: "numbers", in: range, counts: counts) { $0.float }
  }

  private func list<Number: Comparable>(
    _ key: String, default fallback: [Number], of kind: String, in range: ClosedRange<Number>,
    counts: ClosedRange<Int>, _ read: (Node) -> Number?
  ) throws -> [Number] {
    guard let value = value(key) else { return fallback }
    let size = counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
    let wanted = "a list of \(size) \(kind) from \(range.lowerBound) to \(range.upperBound)"
    guard let sequence = value.sequence, counts.contains(sequence.count) else {
      throw wrong(value, key, wanted)
    }
    return try sequence.map { element in
      guard let number = read(element), range.contains(number) else { throw wrong(element, key, wanted) }
      return number
    }
  }

  /// The mappings of a list.
  package func sections(_ key: String) throws -> [YAMLSection] {
    guard let value = value(key), let sequence = value.sequence else {
      throw refusal(key, "is to be a list of mappings")
    }
    return try sequence.enumerated().map { index, element in
      guard element.mapping != nil else { throw wrong(element, key, "a list of mappings") }
      return YAMLSection(file: file, path: "\(join(key))[\(index)]", node: element)
    }
  }

  /// Whether `key` is there.
  package func has(_ key: String) -> Bool { value(key) != nil }

  package func boolean(_ key: String, default fallback: Bool) throws -> Bool {
    guard let value = value(key) else { return fallback }
    guard let truth = value.bool else { throw wrong(value, key, "true or false") }
    return truth
  }

  /// The error that `key`'s value is wrong together with others; `reason` follows the key's name.
  package func refusal(_ key: String, _ reason: String) -> JobError {
    let line = node.mapping?[Node(key)]?.mark?.line ?? node.mark?.line ?? 1
    return .invalid(file: file, line: line, message: "\(join(key)) \(reason)")
  }

  /// Refuses `key` if it is there; `reason` follows the key's name.
  package func refuse(_ key: String, because reason: String) throws {
    if value(key) != nil { throw refusal(key, reason) }
  }

  /// Refuses the keys that were not asked for.
  package func finish() throws {
    for (key, _) in node.mapping ?? .init([], node.tag) {
      guard let name = key.scalar?.string, known.contains(name) else {
        let place = path.isEmpty ? "" : " in \(path)"
        throw JobError.invalid(
          file: file, line: key.mark?.line ?? 1,
          message:
            "unknown key \(key.scalar?.string ?? "?")\(place); allowed: \(known.joined(separator: ", "))")
      }
    }
  }

  private func value(_ key: String) -> Node? {
    known.append(key)
    return node.mapping?[Node(key)]
  }

  private func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func wrong(_ value: Node, _ key: String, _ wanted: String) -> JobError {
    let found = value.scalar.map { " instead of \(Self.oneLine(String($0.string.prefix(100))))" } ?? ""
    return .invalid(
      file: file, line: value.mark?.line ?? 1, message: "\(join(key)) is to be \(wanted)\(found)")
  }

  private static func oneLine(_ text: String) -> String {
    text.prefix(300).split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
