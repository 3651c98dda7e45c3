import Support

extension HDF5.AttributeOwner where Self: ~Copyable {
  /// The number in attribute `name`. Throws `HDF5Error.missing` where there is none.
  package func required<T: HDF5.Scalar>(_ name: String, as type: T.Type) throws -> T {
    guard let value = try attribute(name, as: type) else {
      throw HDF5Error.missing(location, what: "attribute \(name)")
    }
    return value
  }

  /// The string in attribute `name`. Throws `HDF5Error.missing` where there is none.
  package func required(text name: String) throws -> String {
    guard let value = try text(name) else {
      throw HDF5Error.missing(location, what: "attribute \(name)")
    }
    return value
  }

  /// The number in attribute `name`, which counts something. Throws where there is none or it is negative.
  package func count(_ name: String) throws -> Int {
    let value = try required(name, as: Int64.self)
    guard value >= 0 else {
      throw HDF5Error.invalidAttribute(location, name: name, value: "\(value)", allowed: "0 or more")
    }
    return Int(value)
  }
}
