import IO
import Support
import Yams

/// One mapping of a YAML file, read key by key. Every error names file and line. Keys that nobody asked for
/// are errors too, so that a misspelt setting is never silently a default.
package final class YAMLSection {
  package let file: String
  private let path: String
  private let node: Node
  /// Where values stand that replace those of the file, by their dotted names.
  private let replaced: [String: (file: String, line: Int)]
  private var known: [String] = []

  /// The text of the file `path`; `kind` says in errors what it should be.
  package static func text(of path: String, kind: String) throws -> String {
    do throws(TextFile.Failure) {
      return try TextFile.text(path)
    } catch {
      throw YAMLError.unreadable(
        file: path,
        reason: error == .missing
          ? "no such \(kind)\(Suggestion.hint(missing: path))" : "the \(kind) \(error)")
    }
  }

  /// Parses `text`; its root is a mapping. A byte order mark at the start is skipped, as YAML 1.2 allows.
  /// - Parameter kind: what the file is, for errors.
  /// - Parameter replacements: values by their dotted names, in place of those of the text. Where one is refused, the error
  ///   names its own place.
  package static func parse(
    _ text: String, file: String, kind: String = "a job",
    replacing replacements: [(key: String, value: YAMLValue)] = []
  ) throws -> YAMLSection {
    // Every level of aliases of aliases doubles what has to be compared; few or none are needed.
    let lines = text.split(whereSeparator: \.isNewline).filter { $0.first { !$0.isWhitespace } != "#" }
    guard lines.reduce(0, { $0 + $1.matches(of: /(?:^|[\s,:\[{?-])\*[^\s*]/).count }) <= 16 else {
      throw YAMLError.invalid(
        file: file, line: 1, message: "has more than 16 aliases (*name); write them out")
    }
    let node: Node?
    do {
      node = try Yams.compose(yaml: withoutByteOrderMark(text))
    } catch let error as YamlError {
      throw wrong(error, text, file)
    }
    // Comments alone say nothing, as a mapping without keys does.
    let isEmpty = node.map { $0.scalar?.string == "" } ?? true
    var root: Node = isEmpty ? .mapping(.init([], Tag(.map))) : node ?? ""
    guard root.mapping != nil else {
      throw YAMLError.invalid(
        file: file, line: root.mark?.line ?? 1, message: "\(kind) is a mapping of keys to values")
    }
    var places: [String: (file: String, line: Int)] = [:]
    for (key, value) in replacements {
      root = replacing(key.split(separator: ".")[...], in: root, by: value.node)
      places[key] = (value.file, value.line)
    }
    return YAMLSection(file: file, path: "", node: root, replaced: places)
  }

  /// `node`, a mapping, with another value at the end of `path`.
  private static func replacing(_ path: ArraySlice<Substring>, in node: Node, by value: Node) -> Node {
    guard let key = path.first.map(String.init) else { return value }
    // What is no mapping is refused by whoever reads the section.
    guard let mapping = node.mapping else { return node }
    var pairs = mapping.map { ($0.key, $0.value) }
    let place = pairs.firstIndex { $0.0.scalar?.string == key }
    let inner = place.map { pairs[$0].1 } ?? .mapping(.init([], Tag(.map), .any, node.mark))
    let changed = replacing(path.dropFirst(), in: inner, by: value)
    if let place { pairs[place].1 = changed } else { pairs.append((Node(key), changed)) }
    return .mapping(.init(pairs, mapping.tag, mapping.style, mapping.mark))
  }

  private static func wrong(_ error: YamlError, _ text: String, _ file: String) -> YAMLError {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let context = context.map { "\($0.text) that begins in line \($0.mark.line), " } ?? ""
      return .invalid(file: file, line: mark.line, message: "not valid YAML: \(oneLine(context + problem))")
    case .duplicatedKeysInMapping(let keys, let context):
      let (key, first) = (keys.sorted().first ?? "a key", context.mark)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      let again = lines.indices.dropFirst(first.line).first {
        lines[$0].dropFirst(max(first.column - 1, 0)).hasPrefix("\(key):")
      }
      return .invalid(
        file: file, line: again.map { $0 + 1 } ?? first.line,
        message: "\(oneLine(key)) is given twice, first in line \(first.line): leave one out")
    default: return .syntax(file: file, message: oneLine("\(error)"))
    }
  }

  private static func withoutByteOrderMark(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return scalars.first == "\u{FEFF}" ? String(scalars.dropFirst()) : text
  }

  private init(file: String, path: String, node: Node, replaced: [String: (file: String, line: Int)] = [:]) {
    self.file = file
    self.path = path
    self.node = node
    self.replaced = replaced
  }

  /// Whether the section has `key`.
  package func has(_ key: String) -> Bool { node(key) != nil }

  /// All keys of the section, in the order of the file; none of them is unknown then.
  package var keys: [String] {
    let keys = (node.mapping ?? .init([], node.tag)).compactMap { $0.key.scalar?.string }
    for key in keys { _ = node(key) }
    return keys
  }

  /// Whether the value of `key` is a mapping of keys to values.
  package func isSection(_ key: String) -> Bool { node(key)?.mapping != nil }

  /// Whether the value of `key` is a list.
  package func isList(_ key: String) -> Bool { node(key)?.sequence != nil }

  /// The mapping under `key`, empty if there is none.
  package func section(_ key: String) throws -> YAMLSection {
    guard let value = node(key) else {
      return YAMLSection(
        file: file, path: join(key), node: Node.mapping(.init([], node.tag)), replaced: replaced)
    }
    guard value.mapping != nil else { throw wrong(value, key, "a mapping of keys to values") }
    return YAMLSection(file: file, path: join(key), node: value, replaced: replaced)
  }

  /// The mappings of a list.
  package func sections(_ key: String) throws -> [YAMLSection] {
    guard let value = node(key), let sequence = value.sequence else {
      throw refusal(key, "must be a list of mappings")
    }
    return try sequence.enumerated().map { index, element in
      guard element.mapping != nil else { throw wrong(element, key, "a list of mappings") }
      return YAMLSection(file: file, path: "\(join(key))[\(index)]", node: element)
    }
  }

  /// What `read` makes of the value of `key`, `fallback` where there is none. The value must be `wanted`:
  /// `read` returns nil for others. `words` are those that a misspelt one may stand for.
  package func scalar<Value>(
    _ key: String, default fallback: Value, _ wanted: String, among words: [String] = [],
    _ read: (Node) -> Value?
  ) throws -> Value {
    guard let value = node(key) else { return fallback }
    return try self.value(of: value, key, wanted, among: words, read)
  }

  /// What `read` makes of the elements of the list `key`, `fallback` where there is none. The list must be
  /// `wanted` and have `counts` elements, for none of which `read` returns nil. `words` as in `scalar`.
  package func list<Element>(
    _ key: String, default fallback: [Element], counts: ClosedRange<Int>, _ wanted: String,
    among words: [String] = [], _ read: (Node) -> Element?
  ) throws -> [Element] {
    guard let value = node(key) else { return fallback }
    guard let sequence = value.sequence, counts.contains(sequence.count) else {
      throw wrong(value, key, wanted)
    }
    return try sequence.map { try self.value(of: $0, key, wanted, among: words, read) }
  }

  private func value<Value>(
    of node: Node, _ key: String, _ wanted: String, among words: [String], _ read: (Node) -> Value?
  ) throws -> Value {
    if let value = read(node) { return value }
    // A number in quotes looks right to everybody but YAML.
    if let scalar = node.scalar, scalar.style == .singleQuoted || scalar.style == .doubleQuoted,
      read(Node(scalar.string)) != nil
    {
      throw wrong(
        node, key, wanted, found: "the text \"\(Self.oneLine(scalar.string))\" (write it without quotes)")
    }
    if let word = node.scalar?.string, let meant = Suggestion.nearest(to: word, among: words) {
      throw wrong(
        node, key, wanted, found: Self.oneLine(String(word.prefix(100))) + Suggestion.hint(meant))
    }
    throw wrong(node, key, wanted)
  }

  /// The error that `key`'s value is wrong together with others; `reason` follows the key's name.
  package func refusal(_ key: String, _ reason: String) -> YAMLError {
    error(key, line: node.mapping?[Node(key)]?.mark?.line ?? node.mark?.line, "\(join(key)) \(reason)")
  }

  /// The error that `key` must be there, or that another key of the section is probably `key` misspelt. `what` says in
  /// words what it is.
  package func missing(_ key: String, _ what: String) -> YAMLError {
    let names = (node.mapping ?? .init([], node.tag)).compactMap { $0.key.scalar }
    let unknown = names.filter { !known.contains($0.string) }
    let near = Suggestion.nearest(to: key, among: unknown.map(\.string))
    guard let found = unknown.first(where: { $0.string == near }) else {
      return refusal(key, "is missing: \(what)")
    }
    let place = path.isEmpty ? "" : " in \(path)"
    return .invalid(
      file: file, line: found.mark?.line ?? 1,
      message: "unknown key \(Self.oneLine(found.string))\(place)\(Suggestion.hint(key))")
  }

  /// Refuses `key` if the section has it; `reason` follows the key's name.
  package func refuse(_ key: String, because reason: String) throws {
    if node(key) != nil { throw refusal(key, reason) }
  }

  /// Refuses the keys that were not asked for.
  package func finish() throws {
    for (key, _) in node.mapping ?? .init([], node.tag) {
      let name = key.scalar?.string
      if let name, known.contains(name) { continue }
      let place = path.isEmpty ? "" : " in \(path)"
      let hint = Suggestion.hint(name.flatMap { Suggestion.nearest(to: $0, among: known) })
      throw error(
        name ?? "?", line: key.mark?.line,
        "unknown key \(Self.oneLine(name ?? "?"))\(place)\(hint); allowed: \(known.joined(separator: ", "))")
    }
  }

  func node(_ key: String) -> Node? {
    if !known.contains(key) { known.append(key) }
    // By the text alone: a key in quotes, `"4"`, is the same key.
    return node.mapping?.first { $0.key.scalar?.string == key }?.value
  }

  private func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  private func wrong(_ value: Node, _ key: String, _ wanted: String, found: String? = nil) -> YAMLError {
    let found = (found ?? value.scalar.map { Self.oneLine(String($0.string.prefix(100))) })
      .map { " instead of \($0)" }
    return error(key, line: value.mark?.line, "\(join(key)) must be \(wanted)\(found ?? "")")
  }

  /// An error at `line` of the file, or where the value stands that replaces that of `key`, or of what it is in.
  private func error(_ key: String, line: Int?, _ message: String) -> YAMLError {
    let name = join(key)
    let place = replaced.first { name == $0.key || name.hasPrefix($0.key + ".") }?.value
    return .invalid(file: place?.file ?? file, line: place?.line ?? line ?? 1, message: message)
  }

  private static func oneLine(_ text: String) -> String {
    text.prefix(300).split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
