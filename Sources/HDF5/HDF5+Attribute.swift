import CHDF5
import Support

extension HDF5 {
  /// A group or a data set: what attributes are attached to.
  package protocol AttributeOwner: ~Copyable {
    var rawIdentifier: hid_t { get }
    var location: Location { get }
  }

  /// An attribute's value, whatever it is, for listings.
  package enum AttributeValue: Sendable, Equatable {
    case integers([Int64])
    case unsigned([UInt64])
    case reals([Double])
    case texts([String])
    /// A type without a plain value here, by name.
    case other(String)
  }

  /// An open attribute (`H5Acreate2`, `H5Aopen`, `H5Aread`, `H5Awrite`, `H5Aclose`).
  struct Attribute: ~Copyable {
    let identifier: Identifier
    let name: String
    /// Of the owner.
    let location: Location
    var raw: hid_t { identifier.raw }

    init(owning raw: hid_t, name: String, _ location: Location) {
      identifier = Identifier(owning: raw, closing: H5Aclose)
      self.name = name
      self.location = location
    }

    private func space() throws(HDF5Error) -> Dataspace {
      let raw = raw
      return Dataspace(
        owning: try HDF5.call("read attribute \(name)", location) { H5Aget_space(raw) })
    }

    private func datatype() throws(HDF5Error) -> Datatype {
      let raw = raw
      return Datatype(owning: try HDF5.call("read attribute \(name)", location) { H5Aget_type(raw) })
    }

    func type() throws(HDF5Error) -> TypeInfo {
      let datatype = try datatype()
      return try TypeInfo(datatype.raw, location)
    }

    /// How many values there are, checked against `fileSize` before anybody takes memory for them.
    private func count(fileSize: Int) throws(HDF5Error) -> Int {
      let space = try space()
      let datatype = try datatype()
      let count = try space.shape(location)?.reduce(1, *) ?? 0
      let (bytes, overflow) = count.multipliedReportingOverflow(by: max(1, H5Tget_size(datatype.raw)))
      guard !overflow, bytes <= fileSize else {
        throw HDF5Error.tooLarge(location, declared: overflow ? .max : bytes, stored: fileSize)
      }
      return count
    }

    func numbers<T: Scalar>(_ type: T.Type, fileSize: Int) throws -> [T] {
      let count = try count(fileSize: fileSize)
      let raw = raw
      return try [T](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialized in
        if count > 0 {
          try HDF5.call("read attribute \(name)", location) { H5Aread(raw, T.memoryType, buffer.baseAddress) }
        }
        initialized = count
      }
    }

    func texts(fileSize: Int) throws -> [String] {
      let count = try count(fileSize: fileSize)
      if count == 0 { return [] }
      let raw = raw
      switch try type() {
      case .fixedString(let width, let utf8):
        let type = try Datatype.string(bytes: width, utf8: utf8, location)
        let typeRaw = type.raw
        var bytes = [UInt8](repeating: 0, count: count * width)
        try HDF5.call("read attribute \(name)", location) { H5Aread(raw, typeRaw, &bytes) }
        return (0..<count).map { row in
          String(decoding: bytes[row * width..<(row + 1) * width].prefix { $0 != 0 }, as: UTF8.self)
        }
      case .variableString(let utf8):
        let type = try Datatype.string(bytes: nil, utf8: utf8, location)
        let space = try space()
        let (typeRaw, spaceRaw) = (type.raw, space.raw)
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        try HDF5.call("read attribute \(name)", location) { H5Aread(raw, typeRaw, &pointers) }
        let texts = pointers.map { $0.map { String(cString: $0) } ?? "" }
        try HDF5.call("free attribute \(name)", location) { lcft_h5_reclaim(typeRaw, spaceRaw, &pointers) }
        return texts
      case let other:
        throw HDF5Error.invalidAttribute(
          location, name: name, value: other.name, allowed: "an attribute of type string")
      }
    }

    func value(fileSize: Int) throws -> AttributeValue {
      let type = try type()
      switch type {
      case .integer(_, let signed, _), .enumeration(_, let signed, _):
        return signed
          ? .integers(try numbers(Int64.self, fileSize: fileSize))
          : .unsigned(try numbers(UInt64.self, fileSize: fileSize))
      case .real: return .reals(try numbers(Double.self, fileSize: fileSize))
      case .fixedString, .variableString: return .texts(try texts(fileSize: fileSize))
      case .other: return .other(type.name)
      }
    }
  }
}
