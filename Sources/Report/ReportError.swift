import Support

/// Why a report is refused.
package enum ReportError: Error, CustomStringConvertible {
  case noFolder(String)
  case noResults(String)
  case summary(file: String, reason: String)
  case notByNegatives(String)
  case days(file: String, line: Int, reason: String)
  case drawing(program: String, reason: String)

  package var description: String {
    switch self {
    case .noFolder(let path):
      "\(path): no such folder\(Suggestion.hint(missing: path)); give the output folders of earlier runs"
    case .noResults(let path):
      "\(path): has neither results.h5 nor ab-days.csv, and no folder in it has; finish the run with lcft run or lcft "
        + "finetune"
    case .summary(let file, let reason): "\(file): \(reason)"
    case .notByNegatives(let path):
      "\(path): the users do not have whole numbers of negatives per positive; give --intervals width or quantile"
    case .days(let file, let line, let reason): "\(file):\(line): \(reason)"
    case .drawing(let program, let reason):
      "\(program): matplotlib could not draw the figures: \(reason); the tables are written"
    }
  }
}
