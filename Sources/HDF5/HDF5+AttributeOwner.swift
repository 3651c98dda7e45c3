import CHDF5
import Support

// Writing.
extension HDF5.AttributeOwner where Self: ~Copyable {
  package func setAttribute<T: HDF5.Scalar>(_ name: String, _ value: T) throws {
    let space = try HDF5.Dataspace(shape: [], location)
    let attribute = try makeAttribute(name, type: T.fileType, space: space)
    let raw = attribute.raw
    var value = value
    try HDF5.call("write attribute \(name)", location) { H5Awrite(raw, T.memoryType, &value) }
  }

  package func setAttribute<T: HDF5.Scalar>(_ name: String, _ values: [T]) throws {
    let space = try HDF5.Dataspace(shape: [values.count], location)
    let attribute = try makeAttribute(name, type: T.fileType, space: space)
    let raw = attribute.raw
    if values.isEmpty { return }
    try HDF5.call("write attribute \(name)", location) { H5Awrite(raw, T.memoryType, values) }
  }

  /// Writes a scalar string of fixed length. (Strings of variable length would lie in a part of the file that
  /// has no checksum, and with damaged bytes there the library reads beyond its memory.)
  package func setAttribute(_ name: String, _ text: String) throws {
    try write(name, texts: [text], space: HDF5.Dataspace(shape: [], location))
  }

  package func setAttribute(_ name: String, _ texts: [String]) throws {
    try write(name, texts: texts, space: HDF5.Dataspace(shape: [texts.count], location))
  }

  private func write(_ name: String, texts: [String], space: consuming HDF5.Dataspace) throws {
    for text in texts where text.utf8.contains(0) {
      throw HDF5Error.invalidAttribute(location, name: name, value: text, allowed: "text without NUL")
    }
    let strings = StringColumn(texts)
    let type = try HDF5.Datatype.string(bytes: strings.width, location)
    let attribute = try makeAttribute(name, type: type.raw, space: space)
    let (raw, typeRaw) = (attribute.raw, type.raw)
    if texts.isEmpty { return }
    try HDF5.call("write attribute \(name)", location) { H5Awrite(raw, typeRaw, strings.bytes.pointer) }
    withExtendedLifetime(strings) {}
  }

  private func makeAttribute(
    _ name: String, type: hid_t, space: borrowing HDF5.Dataspace
  ) throws -> HDF5.Attribute {
    let (owner, spaceRaw) = (rawIdentifier, space.raw)
    return HDF5.Attribute(
      owning: try HDF5.call("create attribute \(name)", location) {
        H5Acreate2(owner, name, type, spaceRaw, lcft_h5p_default(), lcft_h5p_default())
      }, name: name, location)
  }
}

// Reading.
extension HDF5.AttributeOwner where Self: ~Copyable {
  /// The number in attribute `name`; nil where there is none. Integers are read from any integer type, reals
  /// from any real type. Throws `HDF5Error.invalidAttribute` where it is something else or does not fit.
  package func attribute<T: HDF5.Scalar>(_ name: String, as type: T.Type) throws -> T? {
    guard let attribute = try openAttribute(name) else { return nil }
    let value = try attribute.value(fileSize: fileSize())
    func refused(_ value: String) -> HDF5Error {
      .invalidAttribute(location, name: name, value: value, allowed: "one \(T.typeName)")
    }
    switch value {
    case .integers(let numbers):
      guard let type = T.self as? any HDF5.IntegerScalar.Type, numbers.count == 1 else { break }
      guard let result = type.init(exactly: numbers[0]) as? T else { throw refused("\(numbers[0])") }
      return result
    case .unsigned(let numbers):
      guard let type = T.self as? any HDF5.IntegerScalar.Type, numbers.count == 1 else { break }
      guard let result = type.init(exactly: numbers[0]) as? T else { throw refused("\(numbers[0])") }
      return result
    case .reals(let numbers):
      guard let type = T.self as? any HDF5.RealScalar.Type, numbers.count == 1 else { break }
      if let result = type.init(numbers[0]) as? T { return result }
    case .texts, .other: break
    }
    throw refused(value.description)
  }

  /// The string in attribute `name`, of fixed or variable length; nil where there is none.
  package func text(_ name: String) throws -> String? {
    guard let texts = try texts(name) else { return nil }
    guard texts.count == 1 else {
      throw HDF5Error.invalidAttribute(
        location, name: name, value: "\(texts.count) strings", allowed: "one string")
    }
    return texts[0]
  }

  /// The strings in attribute `name`; nil where there is none.
  package func texts(_ name: String) throws -> [String]? {
    guard let attribute = try openAttribute(name) else { return nil }
    return try attribute.texts(fileSize: fileSize())
  }

  /// The value in attribute `name`, whatever it is; nil where there is none.
  package func attributeValue(_ name: String) throws -> HDF5.AttributeValue? {
    guard let attribute = try openAttribute(name) else { return nil }
    return try attribute.value(fileSize: fileSize())
  }

  /// Names of all attributes, in the order of their bytes.
  package func attributeNames() throws -> [String] {
    let owner = rawIdentifier
    return try HDF5.names("list the attributes", location) { lcft_h5a_names(owner, $0, $1) }
  }

  private func openAttribute(_ name: String) throws -> HDF5.Attribute? {
    let owner = rawIdentifier
    guard try HDF5.call("look for attribute \(name)", location, { H5Aexists(owner, name) }) > 0 else {
      return nil
    }
    return HDF5.Attribute(
      owning: try HDF5.call("open attribute \(name)", location) {
        H5Aopen(owner, name, lcft_h5p_default())
      }, name: name, location)
  }

  /// Bytes of the file that the owner lies in.
  func fileSize() throws(HDF5Error) -> Int {
    let owner = rawIdentifier
    let file = HDF5.Identifier(
      owning: try HDF5.call("tell the file", location) { H5Iget_file_id(owner) }, closing: H5Fclose)
    let raw = file.raw
    var size: hsize_t = 0
    try HDF5.call("tell the file's size", location) { H5Fget_filesize(raw, &size) }
    return Int(clamping: size)
  }
}

extension HDF5.AttributeValue: CustomStringConvertible {
  /// One value plain, several in brackets.
  package var description: String {
    func list(_ values: [some Any]) -> String {
      values.count == 1 ? "\(values[0])" : "[" + values.map { "\($0)" }.joined(separator: ", ") + "]"
    }
    return switch self {
    case .integers(let values): list(values)
    case .unsigned(let values): list(values)
    case .reals(let values): list(values)
    case .texts(let values): list(values)
    case .other(let type): "<\(type)>"
    }
  }
}
