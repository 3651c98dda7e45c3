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

  /// Whether `name` is one of them, whatever the case of its letters.
  static func contains(_ name: String) -> Bool { lowercased.contains(name.lowercased()) }

  private static let lowercased = Set(all.map { $0.lowercased() })
}
