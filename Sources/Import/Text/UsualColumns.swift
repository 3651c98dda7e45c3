/// Names of columns in public logs: the first of them that a table has is taken where nothing names the column.
enum UsualColumns {
  static let users = [
    "user", "user_id", "userid", "uid", "reviewerID", "reviewer_id", "member_id", "customer_id", "visitorid",
    "visitor_id", "session_id",
  ]
  /// `parent_asin` before `asin`: the metadata of an edition with both has the first.
  static let items = [
    "item", "item_id", "itemid", "iid", "movieId", "movie_id", "video_id", "parent_asin", "asin",
    "product_id",
    "sku", "article_id", "news_id", "business_id", "book_id", "song_id", "track_id", "ad_id", "adgroup_id",
    "anime_id", "isbn",
  ]
  static let times = [
    "timestamp", "time_stamp", "unixReviewTime", "time", "ts", "time_ms", "datetime", "event_time", "date",
  ]

  static let all = users + items + times

  /// The names of the columns of a table without a header whose first row is `row`, where they stand as in public logs of
  /// that kind; nil where they do not.
  static func order(ofRow row: [String]) -> [String]? {
    guard let last = row.last, isTime(last) else { return nil }
    if row.count == 3 { return ["user", "item", "timestamp"] }
    guard row.count == 4, Double(row[2]) != nil else { return nil }
    // Amazon's ratings of 2018 have the product first.
    return isAmazonProduct(row[0]) && isAmazonReviewer(row[1])
      ? ["item", "user", "rating", "timestamp"] : ["user", "item", "rating", "timestamp"]
  }

  /// Whether `text` is a date, or a number of at least 100,000,000: seconds since 1970 from 1973 on.
  private static func isTime(_ text: String) -> Bool {
    if let number = Double(text) { return number >= 1e8 }
    return Array(text.utf8).withUnsafeBufferPointer { TimeReader.date($0) } != nil
  }

  /// Ten digits and capital letters, as `B00004U9V2` and `0143026860`.
  private static func isAmazonProduct(_ text: String) -> Bool { text.utf8.count == 10 && isCapital(text) }

  /// `A1V6B6TNIC10QE`.
  private static func isAmazonReviewer(_ text: String) -> Bool {
    text.hasPrefix("A") && text.utf8.count > 10 && isCapital(text)
  }

  private static func isCapital(_ text: String) -> Bool {
    text.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) }
  }
}
