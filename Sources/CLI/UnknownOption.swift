import ArgumentParser
import Foundation
import Support

/// An option that the command does not know, looked for where arguments are wrong: what the parser says then is often
/// about the option that is missing instead.
struct UnknownOption: CustomStringConvertible {
  private let name: String
  private let suggestion: String?

  /// As much of the description as is needed.
  private struct Tool: Decodable {
    struct Command: Decodable {
      struct Argument: Decodable {
        struct Name: Decodable { var kind, name: String }
        var names: [Name]?
      }
      var commandName: String
      var subcommands: [Command]?
      var arguments: [Argument]?
    }
    var command: Command
  }

  /// The first unknown option among `arguments`; nil where there is none. `description` is the program's, as
  /// `ParsableCommand._dumpHelp` gives it.
  init?(_ arguments: [String], of description: String) {
    guard let tool = try? JSONDecoder().decode(Tool.self, from: Data(description.utf8)) else { return nil }
    var command = tool.command
    var rest = arguments[...]
    while let next = command.subcommands?.first(where: { $0.commandName == rest.first }) {
      command = next
      rest.removeFirst()
    }
    let names = (command.arguments ?? []).flatMap { $0.names ?? [] }
    let known = names.filter { $0.kind == "long" }.map { "--\($0.name)" }
    let given = rest.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }
    guard let name = given.first(where: { !known.contains($0) }) else { return nil }
    self.name = name
    suggestion = Suggestion.nearest(to: name, among: known)
  }

  var description: String {
    "\(name) is an unknown option" + (suggestion.map { " (did you mean \($0)?)" } ?? "")
  }
}
