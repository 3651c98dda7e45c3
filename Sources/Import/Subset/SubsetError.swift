import Support

/// Why data sets cannot be cut or joined as the options say. Each description is one line for the user.
package enum SubsetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file has no times of its samples, which `option` needs.
  case noTimes(file: String, option: String)
  case nothingLeft(file: String, mend: String)
  case noneListed(file: String, users: String)
  case emptyList(file: String)
  case repeatedIdentifier(file: String, column: String, id: String)
  /// Two files that cannot be joined, and the first thing in which they differ.
  case different(first: String, second: String, what: String)
  case tooManyEvents(user: String)
  case givenTwice(file: String)
  case option(name: String, value: String, allowed: String)
  /// The bound of the memory cannot be kept.
  case memory(SpillError)

  package var description: String {
    switch self {
    case .noTimes(let file, let option):
      "\(file): has no times of its samples (/samples/*/timestamp), which \(option) needs: import the log again "
        + "with this version, which writes them"
    case .nothingLeft(let file, let mend):
      "\(file): no event and no sample is left: \(mend)"
    case .noneListed(let file, let users):
      "\(file): has none of the users of \(users); give identifiers as /users/id has them"
    case .emptyList(let file):
      "\(file): lists no users; give one identifier per line"
    case .repeatedIdentifier(let file, let column, let id):
      "\(file): \(column) has \(quoted(id)) twice, so that its rows cannot be matched; correct the program that wrote it"
    case .different(let first, let second, let what):
      "\(second): cannot be joined with \(first): \(what); import both files the same way"
    case .tooManyEvents(let user):
      "user \(quoted(user)) has more than \(Int32.max) events in all: a data set cannot hold them"
    case .givenTwice(let file):
      "\(file): is given twice; every row of the second would repeat one of the first"
    case .option(let name, let value, let allowed):
      "\(name) \(value) is not allowed: \(allowed)"
    case .memory(let error): error.description
    }
  }
}
