import CHDF5
import Support

extension HDF5 {
  /// A number that columns and attributes are made of.
  package protocol Scalar: BitwiseCopyable, Sendable, Equatable {
    /// The type's name in messages and content digests: `int32`, `uint8`, `float32`, ...
    static var typeName: String { get }
    /// Identifiers of predefined types, which nobody owns: in memory, and in files (little-endian).
    static var memoryType: hid_t { get }
    static var fileType: hid_t { get }
    /// Whether every value of a stored type is a value of this one.
    static func holds(_ stored: TypeInfo) -> Bool
    /// Converts `wide` to values of this type at `output`; the index of the first that does not fit, if any.
    static func narrow(_ wide: WideValues, to output: UnsafeMutablePointer<Self>) -> Int?
  }

  /// Values of a stored type that another type may not hold.
  package enum WideValues {
    case signed(UnsafeBufferPointer<Int64>)
    case unsigned(UnsafeBufferPointer<UInt64>)
    case reals(UnsafeBufferPointer<Double>)
  }

  /// Integers are read from any stored integer type, as long as every value fits.
  package protocol IntegerScalar: Scalar, FixedWidthInteger {}
  /// Reals are read from any stored real type; a narrower one rounds to nearest.
  package protocol RealScalar: Scalar, BinaryFloatingPoint {}
}

extension HDF5.IntegerScalar {
  package static func holds(_ stored: HDF5.TypeInfo) -> Bool {
    guard let (bits, signed) = stored.integer else { return false }
    if signed { return isSigned && bits <= bitWidth }
    return bits < bitWidth || (!isSigned && bits == bitWidth)
  }

  package static func narrow(_ wide: HDF5.WideValues, to output: UnsafeMutablePointer<Self>) -> Int? {
    switch wide {
    case .signed(let values): narrow(values, to: output)
    case .unsigned(let values): narrow(values, to: output)
    case .reals: preconditionFailure("reals are not read as integers")
    }
  }

  private static func narrow<Wide: FixedWidthInteger>(
    _ values: UnsafeBufferPointer<Wide>, to output: UnsafeMutablePointer<Self>
  ) -> Int? {
    var misfits: UInt8 = 0
    for index in values.indices {
      let value = values[index]
      let result = Self(truncatingIfNeeded: value)
      misfits |= Wide(truncatingIfNeeded: result) != value || (result < 0) != (value < 0) ? 1 : 0
      output[index] = result
    }
    return misfits == 0 ? nil : values.firstIndex { Self(exactly: $0) == nil }
  }
}

extension HDF5.RealScalar {
  package static func holds(_ stored: HDF5.TypeInfo) -> Bool {
    guard case .real(let bits, _) = stored else { return false }
    return bits <= MemoryLayout<Self>.size * 8
  }

  package static func narrow(_ wide: HDF5.WideValues, to output: UnsafeMutablePointer<Self>) -> Int? {
    guard case .reals(let values) = wide else { preconditionFailure("integers are not read as reals") }
    for index in values.indices {
      let result = Self(values[index])
      if result.isInfinite && values[index].isFinite { return index }
      output[index] = result
    }
    return nil
  }
}

extension UInt8: HDF5.IntegerScalar {
  package static var typeName: String { "uint8" }
  package static var memoryType: hid_t { lcft_h5t_native_uint8() }
  package static var fileType: hid_t { lcft_h5t_std_u8le() }
}

extension Int32: HDF5.IntegerScalar {
  package static var typeName: String { "int32" }
  package static var memoryType: hid_t { lcft_h5t_native_int32() }
  package static var fileType: hid_t { lcft_h5t_std_i32le() }
}

extension Int64: HDF5.IntegerScalar {
  package static var typeName: String { "int64" }
  package static var memoryType: hid_t { lcft_h5t_native_int64() }
  package static var fileType: hid_t { lcft_h5t_std_i64le() }
}

extension UInt64: HDF5.IntegerScalar {
  package static var typeName: String { "uint64" }
  package static var memoryType: hid_t { lcft_h5t_native_uint64() }
  package static var fileType: hid_t { lcft_h5t_std_u64le() }
}

extension Float: HDF5.RealScalar {
  package static var typeName: String { "float32" }
  package static var memoryType: hid_t { lcft_h5t_native_float() }
  package static var fileType: hid_t { lcft_h5t_ieee_f32le() }
}

extension Double: HDF5.RealScalar {
  package static var typeName: String { "float64" }
  package static var memoryType: hid_t { lcft_h5t_native_double() }
  package static var fileType: hid_t { lcft_h5t_ieee_f64le() }
}
