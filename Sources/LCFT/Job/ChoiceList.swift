import Support
import YAML

/// A list of names, of which each may be chosen once: of a job file and of the command line alike.
package struct ChoiceList {
  /// What one of them is called: "method".
  private let noun: String
  private let known: [String]

  package init(_ noun: String, among known: [String]) {
    self.noun = noun
    self.known = known
  }

  /// Why `names` are no such list; nil where they are.
  package func problem(with names: [String]) -> String? {
    if names.isEmpty { return "name at least one \(noun)" }
    for (place, name) in names.enumerated() {
      guard known.contains(name) else {
        let hint = Suggestion.hint(Suggestion.nearest(to: name, among: known))
        return "unknown \(noun) \(name.prefix(100))\(hint); known: \(known.joined(separator: ", "))"
      }
      if names[..<place].contains(name) { return "\(name) is given twice" }
    }
    return nil
  }

  /// The list of `key`, `fallback` where there is none. Throws `YAMLError`.
  func read(_ section: YAMLSection, _ key: String, _ fallback: [String]) throws -> [String] {
    guard let value = section.value(of: key) else { return fallback }
    guard let elements = value.elements else {
      throw refusal(section, key, "write a list: [\(value.scalar.map { "\($0.prefix(100))" } ?? known[0])]")
    }
    let names = elements.map { $0.scalar ?? $0.text }
    if let problem = problem(with: names) { throw refusal(section, key, problem) }
    return names
  }

  /// With a colon after the key's name: what follows is a sentence of its own.
  private func refusal(_ section: YAMLSection, _ key: String, _ problem: String) -> YAMLError {
    guard case .invalid(let file, let line, let message) = section.refusal(key, problem),
      message.hasSuffix(" \(problem)")
    else { return section.refusal(key, problem) }
    return .invalid(file: file, line: line, message: "\(message.dropLast(problem.count + 1)): \(problem)")
  }
}

extension Method {
  /// Lists of methods.
  package static let list = ChoiceList("method", among: allCases.map(\.rawValue))
}
