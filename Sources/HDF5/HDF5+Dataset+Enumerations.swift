import CHDF5
import Support

extension HDF5.Group {
  /// Writes a column of named values as an HDF5 enum whose members are the case names.
  package func write<E: HDF5.Enumeration>(_ name: String, _ values: Column<E>, description: String) throws {
    let type = try HDF5.Datatype.enumeration(E.self, location)
    let dataset = try HDF5.Dataset.make(
      in: self, name, shape: [values.count], datatype: type.raw, description: description)
    let raw: Column<UInt8> = values.map(\.rawValue)
    try dataset.write(UnsafeRawBufferPointer(raw.values), elementSize: 1, memoryType: type.raw, nil)
    withExtendedLifetime(raw) {}
    try dataset.close()
  }
}

extension HDF5.Dataset {
  /// The named values of a data set of one dimension: an enum, matched by its members' names, or plain
  /// integers that are raw values.
  package func enumerations<E: HDF5.Enumeration>(of type: E.Type) throws -> Column<E> {
    let count = try columnCount()
    try checkStoredSize()
    let raw: Column<UInt8>
    switch self.type {
    case .integer:
      raw = try values()
    case .enumeration(_, _, let members):
      let names = Set(E.allCases.map { String(describing: $0) })
      guard members.allSatisfy(names.contains) else {
        throw HDF5Error.wrongType(location, expected: E.memberNames, found: self.type.name)
      }
      let memoryType = try HDF5.Datatype.enumeration(E.self, location)
      raw = Column(uninitialized: count)
      if count > 0 { try transfer(0..<count, memoryType: memoryType.raw, raw.values.baseAddress!) }
    default:
      throw HDF5Error.wrongType(location, expected: E.memberNames, found: self.type.name)
    }
    let result = Column<E>(uninitialized: count)
    for row in 0..<count {
      guard let value = E(rawValue: raw[row]) else {
        throw HDF5Error.invalidValue(location, row: row, value: "\(raw[row])", allowed: E.memberNames)
      }
      result.values[row] = value
    }
    return result
  }
}

extension HDF5.Enumeration {
  fileprivate static var memberNames: String {
    "enum {" + allCases.map { String(describing: $0) }.joined(separator: ", ") + "}"
  }
}
