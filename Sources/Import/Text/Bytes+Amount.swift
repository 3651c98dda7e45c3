import Support

extension UnsafeBufferPointer<UInt8> {
  /// The number that these bytes spell, also as an amount of money. Throws for what is none, and for what no Float is:
  /// NaN, infinity, numbers that are too large.
  /// - Parameter decimalComma: whether a comma stands before the fraction, and points may stand between thousands.
  @inline(__always)
  func finiteFloat(_ field: String, decimalComma: Bool = false) throws(MalformedLine) -> Float {
    guard let number = decimalComma ? amountWithComma : decimalNumber ?? anyAmount else {
      throw .notANumber(field: field, text: excerpt, isDecimalComma: !decimalComma && hasDecimalComma)
    }
    let float = Float(number)
    guard float.isFinite else { throw .notFinite(field: field, text: excerpt) }
    return float
  }

  /// The number that these bytes spell with a comma before the fraction, and perhaps points between thousands.
  var amountWithComma: Double? { amount(point: 0x2C, thousands: 0x2E) }

  @inline(never)
  private var anyAmount: Double? { amount(point: 0x2E, thousands: 0x2C) }

  /// The number of an amount, `-$1,299.00`: without a currency sign and the marks between thousands, each of which must
  /// have three digits after it.
  private func amount(point: UInt8, thousands: UInt8) -> Double? {
    var text = trimmed
    var digits: [UInt8] = []
    func passSign() {
      guard digits.isEmpty, text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "+") else { return }
      digits.append(text[0])
      text = Bytes(rebasing: text.dropFirst())
    }
    passSign()
    if let currency = currencies.first(where: { text.starts(with: $0) }) {
      text = UnsafeBufferPointer(rebasing: text[currency.count...]).trimmed
      passSign()
    }
    guard let first = text.first, first == point || (0x30...0x39).contains(first) else {
      return text.decimalNumber.flatMap { $0.isFinite ? nil : $0 }
    }
    let whole = text.firstIndex(of: point) ?? text.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? text.count
    var hasMarks = false
    for index in text.indices {
      if text[index] == thousands {
        if index == 0 || index >= whole || (whole - index) % 4 != 0 { return nil }
        hasMarks = true
      } else {
        // Once there are marks, each three digits have one.
        if hasMarks && index < whole && (whole - index) % 4 == 0 { return nil }
        digits.append(text[index] == point ? UInt8(ascii: ".") : text[index])
      }
    }
    if hasMarks, let mark = text.firstIndex(of: thousands), mark > 3 || first == UInt8(ascii: "0") {
      return nil
    }
    return digits.withUnsafeBufferPointer(\.decimalNumber)
  }

  /// Whether these are digits around one comma: `3,5`.
  var hasDecimalComma: Bool {
    let text = trimmed.first == UInt8(ascii: "-") ? Bytes(rebasing: trimmed.dropFirst()) : trimmed
    return text.count(where: { $0 == UInt8(ascii: ",") }) == 1
      && text.allSatisfy { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) }
  }
}

private let currencies = ["$", "€", "£", "¥"].map { Array($0.utf8) }
