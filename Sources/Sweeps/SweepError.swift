import Support

/// Why a sweep is refused.
package enum SweepError: Error, Equatable, CustomStringConvertible {
  case noOutput(file: String)
  case noRun(file: String, word: String, count: Int, nearest: String?)
  /// Two runs would have one folder.
  case sameName(file: String, name: String, first: Int, second: Int)
  case noData(file: String, name: String, known: [String])
  case notData(file: String, kind: String)
  case noLauncher(program: String)
  /// A run that cannot begin, or not go on from what its folder holds.
  case run(name: String, reason: String)

  package var description: String {
    switch self {
    case .noOutput(let file):
      "\(file): says no output folder; give one with --output, or as output in the file"
    case .noRun(let file, let word, let count, let nearest):
      "\(file): has no run \(word)\(Suggestion.hint(nearest)); its runs are numbered 1 to \(count), "
        + "and lcft sweep --list prints their names"
    case .sameName(let file, let name, let first, let second):
      "\(file): the runs \(first) and \(second) are both called \(name); give jobs or data sets other names, or leave one of "
        + "the runs out"
    case .noData(let file, let name, let known):
      "\(file): has no data set \(name), which --data names; it has \(known.joined(separator: ", "))"
    case .notData(let file, let kind): "\(file): is of the kind \(kind), but a run needs a data set"
    case .noLauncher(let program):
      "\(program): no such program on the PATH, which the runs would be started by; give another --launcher"
    case .run(let name, let reason): "\(name): \(reason)"
    }
  }
}
