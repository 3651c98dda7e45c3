import ArgumentParser
import Foundation
import LCFT
import Support

/// A command or an option that does not exist, looked for where arguments are wrong: what the parser says then is often
/// about an option that is missing instead, or about a command's name as an argument too many.
struct UnknownWord: CustomStringConvertible {
  private let problem: String
  private let suggestion: String?
  /// Settings of a job with the name of an unknown option.
  private var settings: [String] = []

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

  /// The first unknown command or option among `arguments`; nil where there is none. `description` is the program's,
  /// as `ParsableCommand._dumpHelp` gives it.
  init?(_ arguments: [String], of description: String) {
    guard let tool = try? JSONDecoder().decode(Tool.self, from: Data(description.utf8)) else { return nil }
    var command = tool.command
    var path = [command.commandName]
    var rest = arguments[...]
    while let next = command.subcommands?.first(where: { $0.commandName == rest.first }) {
      command = next
      path.append(next.commandName)
      rest.removeFirst()
    }
    // `help` is the parser's own and stands in no command that one could mean.
    let commands = (command.subcommands ?? []).map(\.commandName).filter { $0 != "help" }
    if let word = rest.first, !word.hasPrefix("-"), !commands.isEmpty {
      problem = "\(word) is an unknown command of \(path.joined(separator: " "))"
      suggestion = Suggestion.nearest(to: word, among: commands)
      return
    }
    let names = (command.arguments ?? []).flatMap { $0.names ?? [] }
    let known = names.filter { $0.kind == "long" }.map { "--\($0.name)" }
    let given = rest.prefix { $0 != "--" }.filter { $0.hasPrefix("--") }
      .map { String($0.prefix { $0 != "=" }) }
    guard let name = given.first(where: { !known.contains($0) }) else { return nil }
    problem = "\(name) is an unknown option"
    suggestion = Suggestion.nearest(to: name, among: known)
    guard suggestion == nil, known.contains("--job") else { return }
    let key = name.dropFirst(2).replacingOccurrences(of: "-", with: "_")
    // Those of single methods have the same names below theirs.
    settings = Job.sections.all().map(\.name).filter {
      let parts = $0.split(separator: ".")
      return parts.count <= 2 && parts.last.map(String.init) == key
    }
  }

  var description: String {
    let place = settings.isEmpty ? "" : "; the job file sets \(settings.joined(separator: ", "))"
    return problem + Suggestion.hint(suggestion) + place
  }
}
