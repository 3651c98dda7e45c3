import IO
import Support

extension Checkpoint.Parent {
  /// What a training goes on from, and what becomes of the rows, line by line.
  package var lines: [String] {
    let state = optimizer == WarmStartChoice.OptimizerStart.kept.rawValue ? "taken over" : "begun anew"
    let start =
      newRows == WarmStartChoice.RowStart.drawn.rawValue
      ? "drawn" : "begin as the unknown row, or as the mean of the rows"
    var lines = [
      "goes on from the model with content \(digest), after \(counted(epochs, "epoch")) and "
        + "\(counted(steps, "step")) in all",
      "dense weights and moving statistics taken over, the optimiser's state \(state), new rows \(start)",
    ]
    lines += rows.map { rows in
      "rows of \(rows.name): \(rows.kept) kept, \(rows.new) new, \(rows.dropped) dropped"
        + (rows.keepsUnknown ? "; the unknown row stays as it was trained" : "")
    }
    if !changedNumbers.isEmpty {
      lines.append(
        "warning: \(counted(changedNumbers.count, "number")) transformed by other parameters than the earlier data set's: "
          + changedNumbers.joined(separator: ", "))
    }
    return lines
  }
}
