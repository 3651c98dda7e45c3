import IO
import Import
import Support

/// A data set of all that is known, with what is asked for beside it.
struct AskedData: Codable {
  /// With the unknown user and item where there may be some. The features of its test samples are those of the pairs.
  var dataset: Dataset
  var pairs: AskedPairs
  var globalCTR: Double
  /// What was read and is not known, line by line.
  var account: [String]
  /// How many of the users are new.
  var newUsers: Int
}

extension Dataset {
  /// This data set with the features of `table` as those of its test samples. Vectors that are missing there are what
  /// missing ones are in this data set, zeros where it does not show it.
  func askingFeatures(of table: KnownTable, in memory: any MemorySource) throws -> Dataset {
    var asked = self
    for (index, column) in (table.features[.samples] ?? []).enumerated() {
      let column = try column.copied(in: memory)
      if let width = features.samples[index].vectorWidth,
        let vector = features.samples[index].columns.lazy.compactMap({ $0.missingVector(width: width) }).first
      {
        column.fill(by: vector, width: width)
      }
      asked.features.samples[index].columns[1] = column
    }
    return asked
  }
}

extension FeatureColumn {
  /// What stands for a missing vector; nil where none is missing.
  fileprivate func missingVector(width: Int) -> [Float]? {
    guard case .numbers(let numbers, let missing?) = self,
      let row = missing.values.firstIndex(where: { $0 != 0 })
    else { return nil }
    return Array(numbers.values[row * width..<(row + 1) * width])
  }

  /// Puts `vector` in the place of missing ones.
  fileprivate func fill(by vector: [Float], width: Int) {
    guard case .numbers(let numbers, let missing?) = self else { return }
    for row in 0..<missing.count where missing[row] != 0 {
      for index in 0..<width { numbers.values[row * width + index] = vector[index] }
    }
  }
}

extension KnownTable {
  /// What was read, and what of it is not known: `names` are the rows of its users and items.
  func account(_ names: KnownRowNumbers, hasUsers: Bool, hasItems: Bool) -> [String] {
    var lines = account.lines
    func line(_ name: String, _ all: Int, _ new: Int) {
      let text =
        new == 0 ? "all known" : "\(all - new) known, \(new) new, which take the row of unknown \(name)"
      lines.append(accountLine(name, "\(all): \(text)"))
    }
    if hasUsers { line("users", names.users.count, names.newUsers) }
    if hasItems { line("items", names.items.count, names.newItems) }
    for (vocabulary, count) in unknownValues {
      lines.append(accountLine("values", "\(vocabulary): \(counted(count, "value")) not known"))
    }
    if !withoutColumn.isEmpty {
      lines.append(
        accountLine(
          "features", "missing everywhere, without a column: " + withoutColumn.joined(separator: ", ")))
    }
    return lines
  }
}
