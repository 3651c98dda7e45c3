import IO
import Models

/// The features of a data set as one would read them from its columns, row by row.
struct PlainFeature {
  private let feature: Feature
  private let vocabulary: Vocabulary?
  private let trainCount: Int

  init(_ feature: ModelFeature, of dataset: Dataset) {
    let owner = FeatureOwner(rawValue: feature.owner.rawValue)!
    self.feature = dataset.features.feature(owner, feature.name)!
    vocabulary = dataset.features.vocabulary(of: self.feature)
    trainCount = dataset.train.count
  }

  private func place(_ row: Int) -> (FeatureColumn, Int) {
    feature.columns.count == 1 || row < trainCount
      ? (feature.columns[0], row) : (feature.columns[1], row - trainCount)
  }

  /// The rows of its table; none where it is missing.
  func tableRows(_ row: Int) -> [Int] {
    let (column, place) = place(row)
    if let vocabulary { return column.values(ofRow: place).map { min(Int($0), vocabulary.known) } }
    return number(row).map { [Int($0)] } ?? []
  }

  /// The number that models see; nil where it is missing.
  func number(_ row: Int) -> Double? {
    let (column, place) = place(row)
    guard case .numeric(let steps) = feature.kind, case .numbers(let values, _) = column,
      !column.isMissing(place)
    else { return nil }
    return steps.apply(Double(values[place]))
  }

  /// The vector, scaled to unit length.
  func vector(_ row: Int) -> [Double] {
    let (column, place) = place(row)
    guard let width = feature.vectorWidth, case .numbers(let values, _) = column else { return [] }
    let own = values.values[place * width..<(place + 1) * width].map(Double.init)
    let length = own.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return own.map { length > 0 ? $0 / length : 0 }
  }
}
