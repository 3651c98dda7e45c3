import Support

extension UsualColumns {
  /// The names of the columns of a table without a header whose first row is `row`, where they stand as in public logs of
  /// that kind; nil where they do not.
  /// - Parameter isGuess: whether times may also be dates in other formats, or count from anywhere, and be missing.
  static func order(ofRow row: [String], isGuess: Bool = false) -> [String]? {
    guard let last = row.last else { return nil }
    let endsInTime = isTime(last) || (isGuess && isPerhapsTime(last))
    if row.count == 3 {
      if endsInTime { return ["user", "item", "timestamp"] }
      return isGuess && isRating(last) ? ["user", "item", "rating"] : nil
    }
    guard endsInTime, row.count == 4, isGuess ? isRating(row[2]) : Double(row[2]) != nil else { return nil }
    // Amazon's ratings of 2018 have the product first.
    return isAmazonProduct(row[0]) && isAmazonReviewer(row[1])
      ? ["item", "user", "rating", "timestamp"] : ["user", "item", "rating", "timestamp"]
  }

  /// Whether `text` is a date, or a number of at least 100,000,000: seconds since 1970 from 1973 on.
  static func isTime(_ text: String) -> Bool {
    if let number = Double(text) { return number >= 1e8 }
    return Array(text.utf8).withUnsafeBufferPointer { TimeReader.date($0) } != nil
  }

  private static func isPerhapsTime(_ text: String) -> Bool {
    if let number = Double(text) { return number >= 1e5 && number == number.rounded() }
    return Array(text.utf8).withUnsafeBufferPointer { TimeFormat.fitting($0) } != nil
  }

  private static func isRating(_ text: String) -> Bool {
    Double(text).map { (-1...100).contains($0) } ?? false
  }

  /// `B00004U9V2`, or a book's number: `0143026860`, `014789302X`.
  private static func isAmazonProduct(_ text: String) -> Bool {
    guard text.utf8.count == 10, isCapital(text) else { return false }
    return text.hasPrefix("B0") || text.dropLast().allSatisfy(\.isNumber)
  }

  /// `A1V6B6TNIC10QE`: letters and digits in any order.
  private static func isAmazonReviewer(_ text: String) -> Bool {
    guard text.hasPrefix("A"), text.utf8.count > 10, isCapital(text) else { return false }
    return zip(text, text.dropFirst()).contains { $0.isNumber && $1.isLetter }
  }

  private static func isCapital(_ text: String) -> Bool {
    text.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) }
  }
}
