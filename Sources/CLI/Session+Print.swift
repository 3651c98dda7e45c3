import IO
import Report
import Runs

extension Session {
  /// Prints the table of `results`, on the rank that has them.
  func print(_ results: Results, of inputs: Inputs) {
    Swift.print(sparingMemory { "\(ResultsTable(results, title: inputs.job.name))" })
  }
}
