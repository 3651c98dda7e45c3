import HDF5

/// The values of a group's attributes; nil where there is none of the name and kind.
extension FileSummary.Group {
  private func value(_ name: String) -> HDF5.AttributeValue? {
    attributes.first { $0.name == name }?.value
  }

  package func texts(_ name: String) -> [String]? {
    if case .texts(let texts)? = value(name) { texts } else { nil }
  }

  package func integers(_ name: String) -> [Int64]? {
    if case .integers(let integers)? = value(name) { integers } else { nil }
  }

  package func reals(_ name: String) -> [Double]? {
    if case .reals(let reals)? = value(name) { reals } else { nil }
  }
}
