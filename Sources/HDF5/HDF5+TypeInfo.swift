import CHDF5
import Support

extension HDF5 {
  /// What a stored value is, as far as reading and describing it needs to know.
  package enum TypeInfo: Sendable, Equatable {
    case integer(bits: Int, signed: Bool, bigEndian: Bool)
    case real(bits: Int, bigEndian: Bool)
    /// `bytes` per value; `utf8` or ASCII.
    case fixedString(bytes: Int, utf8: Bool)
    case variableString(utf8: Bool)
    /// Names for some values of an integer type; h5py writes booleans so.
    case enumeration(bits: Int, signed: Bool, members: [String])
    case other(String)

    /// Width and sign where the values are integers, named or not.
    var integer: (bits: Int, signed: Bool)? {
      switch self {
      case .integer(let bits, let signed, _), .enumeration(let bits, let signed, _): (bits, signed)
      default: nil
      }
    }

    /// Reads the facts of the type `raw`, of an object at `location`.
    init(_ raw: hid_t, _ location: Location) throws(HDF5Error) {
      let kind = H5T_class_t(
        rawValue: try HDF5.call("tell the type", location) { H5Tget_class(raw).rawValue })
      let bytes = H5Tget_size(raw)
      switch kind {
      case H5T_INTEGER:
        self = .integer(
          bits: 8 * bytes, signed: H5Tget_sign(raw) == H5T_SGN_2, bigEndian: H5Tget_order(raw) == H5T_ORDER_BE
        )
      case H5T_FLOAT:
        self = .real(bits: 8 * bytes, bigEndian: H5Tget_order(raw) == H5T_ORDER_BE)
      case H5T_STRING:
        let utf8 = H5Tget_cset(raw) == H5T_CSET_UTF8
        let isVariable = try HDF5.call("tell the string type", location) { H5Tis_variable_str(raw) } > 0
        self = isVariable ? .variableString(utf8: utf8) : .fixedString(bytes: bytes, utf8: utf8)
      case H5T_ENUM:
        let base = Identifier(
          owning: try HDF5.call("open the enum's base type", location) { H5Tget_super(raw) },
          closing: H5Tclose)
        let count = try HDF5.call("count the enum's members", location) { H5Tget_nmembers(raw) }
        var members: [String] = []
        for index in 0..<UInt32(count) {
          guard let name = H5Tget_member_name(raw, index) else { continue }
          members.append(String(cString: name))
          H5free_memory(name)
        }
        self = .enumeration(bits: 8 * bytes, signed: H5Tget_sign(base.raw) == H5T_SGN_2, members: members)
      case H5T_COMPOUND: self = .other("compound")
      case H5T_ARRAY: self = .other("array")
      case H5T_VLEN: self = .other("variable-length sequence")
      case H5T_REFERENCE: self = .other("reference")
      case H5T_BITFIELD: self = .other("bit field")
      case H5T_OPAQUE: self = .other("opaque")
      case H5T_TIME: self = .other("time")
      default: self = .other("unknown")
      }
    }

    /// For messages and listings: `int32`, `float64 big-endian`, `string[12]`, `enum uint8 {a, b}`, ...
    package var name: String {
      func integerName(_ bits: Int, _ signed: Bool) -> String { (signed ? "int" : "uint") + "\(bits)" }
      return switch self {
      case .integer(let bits, let signed, let bigEndian):
        integerName(bits, signed) + (bigEndian && bits > 8 ? " big-endian" : "")
      case .real(let bits, let bigEndian): "float\(bits)" + (bigEndian ? " big-endian" : "")
      case .fixedString(let bytes, _): "string[\(bytes)]"
      case .variableString: "string"
      case .enumeration(let bits, let signed, let members):
        "enum \(integerName(bits, signed)) {\(members.joined(separator: ", "))}"
      case .other(let name): name
      }
    }
  }
}
