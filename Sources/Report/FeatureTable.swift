import Foundation
import IO
import Support

/// The features of a data set as a table: kind, values, and what is rare or missing in the training and in the test part.
/// Shares are of occurrences: a user counts once per sample, an item once per sample of which it is the candidate.
struct FeatureTable: CustomStringConvertible {
  private let dataset: Dataset

  init(_ dataset: Dataset) { self.dataset = dataset }

  var description: String {
    let header = ["feature", "kind", "values", "own row", "rare train", "test", "missing train", "test"]
    var rows = [header]
    for owner in FeatureOwner.allCases {
      for feature in dataset.features[owner] { rows.append(row(owner, feature)) }
    }
    let widths = header.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { pad($1, widths[$0], right: $0 > 1) }
      return withoutTrailingBlanks(cells.joined(separator: "  "))
    }.joined(separator: "\n")
  }

  private func row(_ owner: FeatureOwner, _ feature: Feature) -> [String] {
    let parts = [dataset.train, dataset.test].enumerated().map { share($1, part: $0, owner, feature) }
    var cells = ["\(owner.rawValue)/\(feature.name)"]
    switch feature.kind {
    case .categorical:
      guard let vocabulary = dataset.features.vocabulary(of: feature) else { return cells }
      var kind = "categorical" + (feature.isList ? ", a list" : "")
      var values = "\(vocabulary.count)"
      if let (distinct, colliding) = vocabulary.collisions {
        kind += ", hashed"
        values = "\(distinct) (\(colliding) collide)"
      }
      cells += [kind, values, "\(vocabulary.known)"]
      cells += parts.map { $0.rare }
    case .numeric:
      let kind = ["numeric"] + feature.stepNames
      cells += [kind.joined(separator: ", "), range(feature), "-", "-", "-"]
    case .vector(let width): cells += ["vector", "\(width) numbers", "-", "-", "-"]
    }
    return cells + parts.map { $0.missing }
  }

  /// The shares of occurrences in `samples` whose value has no row of its own, and which have no value.
  private func share(
    _ samples: Dataset.Samples, part: Int, _ owner: FeatureOwner, _ feature: Feature
  ) -> (rare: String, missing: String) {
    let column = feature.columns[feature.columns.count == 1 ? 0 : part]
    let known = dataset.features.vocabulary(of: feature)?.known
    var (all, values, rare, missing) = (0, 0, 0, 0)
    dataset.forEachOccurrence(owner, in: samples) { row, times in
      all += times
      if column.isMissing(row) { missing += times }
      guard let known else { return }
      for value in column.values(ofRow: row) {
        values += times
        if Int(value) >= known { rare += times }
      }
    }
    return (FeatureTable.percent(rare, values), FeatureTable.percent(missing, all))
  }

  /// The least and the greatest number, and the mean, of all rows that have one.
  private func range(_ feature: Feature) -> String {
    var (least, greatest, sum, count) = (Double.infinity, -Double.infinity, 0.0, 0)
    for case .numbers(let numbers, let missing) in feature.columns {
      for row in 0..<numbers.count where missing.map({ $0[row] == 0 }) ?? true {
        let number = Double(numbers[row])
        least = min(least, number)
        greatest = max(greatest, number)
        sum += number
        count += 1
      }
    }
    guard count > 0 else { return "none" }
    func short(_ number: Double) -> String { String(format: "%.4g", number) }
    return "\(short(least)) to \(short(greatest)), mean \(short(sum / Double(count)))"
  }

  private static func percent(_ part: Int, _ whole: Int) -> String {
    whole == 0 ? "-" : text(Double(part) / Double(whole) * 100, 1) + "%"
  }
}
