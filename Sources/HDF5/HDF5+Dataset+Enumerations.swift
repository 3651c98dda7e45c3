import CHDF5

extension HDF5.Group {
  /// Writes a column of named values as an HDF5 enum whose members are the case names.
  package func write<E: HDF5.Enumeration>(_ name: String, _ values: [E], description: String) throws {
    let type = try HDF5.Datatype.enumeration(E.self, location)
    let dataset = try HDF5.Dataset.make(
      in: self, name, shape: [values.count], datatype: type.raw, description: description)
    try values.map({ $0.rawValue }).withUnsafeBytes { bytes in
      try dataset.write(bytes, elementSize: 1, memoryType: type.raw, nil)
    }
    try dataset.close()
  }
}

extension HDF5.Dataset {
  /// The named values of a data set of one dimension: an enum, matched by its members' names, or plain
  /// integers that are raw values.
  package func enumerations<E: HDF5.Enumeration>(of type: E.Type) throws -> [E] {
    let count = try columnCount()
    try checkStoredSize()
    var raw: [UInt8]
    switch self.type {
    case .integer:
      raw = try array(of: UInt8.self)
    case .enumeration(_, _, let members):
      let names = Set(E.allCases.map { String(describing: $0) })
      guard members.allSatisfy(names.contains) else {
        throw HDF5Error.wrongType(location, expected: E.memberNames, found: self.type.name)
      }
      let memoryType = try HDF5.Datatype.enumeration(E.self, location)
      raw = [UInt8](repeating: 0, count: count)
      if count > 0 { try transfer(0..<count, memoryType: memoryType.raw, &raw) }
    default:
      throw HDF5Error.wrongType(location, expected: E.memberNames, found: self.type.name)
    }
    return try raw.enumerated().map { row, value in
      guard let result = E(rawValue: value) else {
        throw HDF5Error.invalidValue(location, row: row, value: "\(value)", allowed: E.memberNames)
      }
      return result
    }
  }
}

extension HDF5.Enumeration {
  fileprivate static var memberNames: String {
    "enum {" + allCases.map { String(describing: $0) }.joined(separator: ", ") + "}"
  }
}
