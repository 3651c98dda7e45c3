import IO
import Models
import Support

extension HistoryKind {
  /// Whether a feature of events is the same at all events of this kind, for instance missing: it says nothing then.
  func isSame(_ column: FeatureColumn, of dataset: Dataset, width: Int) -> Bool {
    let isEntry = entries(of: dataset)
    var first: Int?
    for event in 0..<dataset.events.count where isEntry(event) {
      guard let first else {
        first = event
        continue
      }
      if !column.isSame(first, event, width: width) { return false }
    }
    return true
  }
}

extension FeatureColumn {
  /// Whether two rows have the same values or numbers, or are both missing.
  fileprivate func isSame(_ first: Int, _ second: Int, width: Int) -> Bool {
    switch self {
    case .values, .lists: values(ofRow: first).elementsEqual(values(ofRow: second))
    case .numbers(let numbers, _):
      isMissing(first) == isMissing(second)
        && (0..<width).allSatisfy { numbers[first * width + $0] == numbers[second * width + $0] }
    }
  }
}
