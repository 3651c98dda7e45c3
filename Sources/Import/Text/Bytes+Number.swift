import Support

extension UnsafeBufferPointer<UInt8> {
  /// The whole number that these bytes spell in decimal, with an optional sign; nil for anything else
  /// and for what Int64 cannot hold.
  package var wholeNumber: Int64? {
    if let value = fewDigits { return Int64(value) }
    var index = 0
    let negative = count > 0 && self[0] == UInt8(ascii: "-")
    if negative || (count > 0 && self[0] == UInt8(ascii: "+")) { index = 1 }
    guard index < count else { return nil }
    // 18 digits always fit: no check per digit.
    let safe = count - index <= 18
    var magnitude: Int64 = 0
    while index < count {
      let digit = Int64(self[index]) - 0x30
      guard digit >= 0 && digit <= 9 else { return nil }
      if safe {
        magnitude = magnitude &* 10 &+ digit
      } else {
        let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(digit)
        if overflow || carry { return nil }
        magnitude = sum
      }
      index += 1
    }
    return negative ? -magnitude : magnitude
  }

  /// The number that these bytes spell (`4`, `3.5`, `-1e-3`, `nan`, `inf`, any case), correctly rounded;
  /// nil for anything else.
  package var decimalNumber: Double? {
    if let value = shortDecimal { return value }
    var index = 0
    let negative = count > 0 && self[0] == UInt8(ascii: "-")
    if negative || (count > 0 && self[0] == UInt8(ascii: "+")) { index = 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var significant = 0
    var fraction = 0
    var point = false
    scan: while index < count {
      switch self[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        if significant > 0 || self[index] != 0x30 { significant += 1 }
        mantissa = mantissa &* 10 &+ UInt64(self[index] &- 0x30)
        if point { fraction += 1 }
      case UInt8(ascii: ".") where !point: point = true
      default: break scan
      }
      index += 1
    }
    // Up to 15 digits and a power of ten up to 22 are exact in a Double, so that one division rounds once.
    if index == count && digits > 0 && significant <= 15 && fraction <= 22 {
      let value = Double(mantissa) / powersOfTen[fraction]
      return negative ? -value : value
    }
    return slowDecimalNumber
  }

  /// The number that 1 to 16 digits spell; nil for anything else.
  @inline(__always)
  private var fewDigits: UInt64? {
    if count <= 8 { return count == 0 ? nil : highWord.number(digits: count) }
    guard count <= 16, let first = Bytes(rebasing: self[..<8]).highWord.number(digits: 8),
      let last = Bytes(rebasing: self[8...]).highWord.number(digits: count - 8)
    else { return nil }
    return first &* UInt64(powersOfTen[count - 8]) &+ last
  }

  /// The number that up to 8 bytes of digits and a point spell; nil for anything else.
  @inline(__always)
  private var shortDecimal: Double? { count > 8 || count == 0 ? nil : highWord.decimal(count) }

  /// `shortDecimal` of padded bytes.
  @inline(__always)
  var paddedShortDecimal: Double? { count > 8 || count == 0 ? nil : paddedHighWord.decimal(count) }

  @inline(never)
  private var slowDecimalNumber: Double? {
    let text = String(decoding: self, as: UTF8.self)
    // Double's own grammar also has hexadecimal, which no text format here has, and ends at NUL.
    guard text.utf8.allSatisfy({ $0 != UInt8(ascii: "x") && $0 != UInt8(ascii: "X") && $0 != 0 }) else {
      return nil
    }
    return Double(text)
  }

  /// Whether these bytes are the ASCII text `text`.
  @inline(__always)
  package func spells(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for index in 0..<count where self[index] != text.utf8Start[index] { return false }
    return true
  }
}

private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
  1e19, 1e20, 1e21, 1e22,
]

extension UInt64 {
  /// The number that the `count` highest bytes spell, 1 to 8 digits of which a point may be one; nil for anything else. The
  /// bytes below are 0. Where the point is, and whether there is one, is no branch.
  @inline(__always)
  fileprivate func decimal(_ count: Int) -> Double? {
    let others = self ^ 0x2E2E_2E2E_2E2E_2E2E
    // The top bit of the first byte that is a point, if there is one; then the bits of the bytes before it.
    let points = (others &- 0x0101_0101_0101_0101) & ~others & 0x8080_8080_8080_8080
    let point = points & (0 &- points)
    let before = point >> 7 &- 1
    // What is before the point moves up to what is after it.
    let joined = self & ~before &<< 8 | (self & before) &<< 8
    let text = point == 0 ? self : joined
    let digits = point == 0 ? count : count - 1
    let fraction = point == 0 ? 0 : point.leadingZeroBitCount / 8
    guard digits > 0, let number = text.number(digits: digits) else { return nil }
    return Double(Int64(bitPattern: number)) / powersOfTen[fraction]
  }

  /// The number that the `count` highest bytes spell, 1 to 8 digits; nil where they are none. The bytes below are 0.
  @inline(__always)
  fileprivate func number(digits count: Int) -> UInt64? {
    // Zeros come before the digits, so that there are eight; by half the bits twice, as of 8 bytes there are 64.
    let half = UInt64(truncatingIfNeeded: 4 &* count)
    let text = self | (0x3030_3030_3030_3030 &>> half) &>> half
    let high: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    guard text & high == 0x3030_3030_3030_3030,
      (text &+ 0x0606_0606_0606_0606) & high == 0x3030_3030_3030_3030
    else { return nil }
    // Two digits in each second byte, then four and eight in one product each.
    let digits = text & 0x0F0F_0F0F_0F0F_0F0F
    let pairs = digits &* 10 &+ digits >> 8
    let mask: UInt64 = 0x0000_00FF_0000_00FF
    return ((pairs & mask) &* 0x000F_4240_0000_0064 &+ (pairs >> 16 & mask) &* 0x0000_2710_0000_0001) >> 32
  }
}
