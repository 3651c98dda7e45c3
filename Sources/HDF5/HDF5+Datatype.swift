import CHDF5

extension HDF5 {
  /// A column's values that have names: stored as an HDF5 enum over UInt8 whose members are the case names.
  package protocol Enumeration: RawRepresentable, CaseIterable, BitwiseCopyable, Sendable
  where RawValue == UInt8 {}

  /// A datatype that this program made, or one that belongs to a stored object.
  struct Datatype: ~Copyable {
    let identifier: Identifier
    var raw: hid_t { identifier.raw }

    private init(_ identifier: consuming Identifier) { self.identifier = identifier }

    /// Takes over the type of a data set or an attribute.
    init(owning raw: hid_t) { self.init(Identifier(owning: raw, closing: H5Tclose)) }

    /// Strings of `bytes` bytes, or of any length where nil, padded with NUL.
    static func string(bytes: Int?, utf8: Bool = true, _ location: Location) throws(HDF5Error) -> Datatype {
      let type = Datatype(owning: try HDF5.call("make a type", location) { H5Tcopy(lcft_h5t_c_s1()) })
      let raw = type.raw
      try HDF5.call("set a string's size", location) { H5Tset_size(raw, bytes ?? lcft_h5t_variable()) }
      try HDF5.call("set a string's encoding", location) {
        H5Tset_cset(raw, utf8 ? H5T_CSET_UTF8 : H5T_CSET_ASCII)
      }
      if bytes != nil {
        try HDF5.call("set a string's padding", location) { H5Tset_strpad(raw, H5T_STR_NULLPAD) }
      }
      return type
    }

    /// The enum whose members are the cases of `type`.
    static func enumeration<E: Enumeration>(_ type: E.Type, _ location: Location) throws(HDF5Error)
      -> Datatype
    {
      let datatype = Datatype(
        owning: try HDF5.call("make an enum", location) { H5Tenum_create(UInt8.fileType) })
      let raw = datatype.raw
      for member in E.allCases {
        var value = member.rawValue
        try HDF5.call("add a member to an enum", location) {
          H5Tenum_insert(raw, String(describing: member), &value)
        }
      }
      return datatype
    }
  }
}
