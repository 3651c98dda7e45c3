// What the names of columns say.
extension LogColumns {
  /// Words in the names of columns of users.
  static let userWords = ["user", "member", "customer", "visitor"]

  /// Whether a column of this name may be that of the user.
  static func isLikeUser(_ name: String) -> Bool {
    let words = name.lowercased().split { !$0.isLetter }
    return words.contains("id")
      || (userWords + ["client", "account"]).contains(where: name.lowercased().contains)
  }

  /// Whether a column of this name probably says how a row is labelled: `is_click`, `Label`, `stars`, `event_type`.
  static func isLikeLabel(_ name: String) -> Bool {
    var plain = plain(name)
    if ["avg", "average", "mean"].contains(where: plain.hasPrefix) { return false }
    if isOpposite(name) { return true }
    // `is_trade` and `click_bool` say what happened, `trade` alone may be anything.
    var isMarked = false
    for prefix in ["is", "has"] where plain.hasPrefix(prefix) {
      plain.removeFirst(prefix.count)
      isMarked = true
      break
    }
    for suffix in ["flag", "bool"] where plain.hasSuffix(suffix) && plain != suffix {
      plain.removeLast(suffix.count)
      isMarked = true
    }
    return outcomes.contains(plain) || outcomeEndings.contains(where: plain.hasSuffix)
      || kindsOfEvents.contains(plain) || (isMarked && markedOutcomes.contains(plain))
  }

  /// The one of `names` that most probably says how a row is labelled; nil where none looks so. What says the opposite
  /// stands for a label only where there is no other.
  static func label(among names: some Sequence<String>) -> String? {
    let likely = names.filter(isLikeLabel)
    return likely.first { !isOpposite($0) && !kindsOfEvents.contains(plain($0)) }
      ?? likely.first { !isOpposite($0) } ?? likely.first
  }

  /// Throws where one of `names`, columns of `file` that nobody uses, looks like a label.
  static func refuseUnused(_ names: [String], in file: String) throws(ImportError) {
    guard let name = label(among: names) else { return }
    throw isOpposite(name)
      ? .unusedOpposite(file: file, column: name) : .unusedLabel(file: file, column: name)
  }

  /// Whether a column of this name says the opposite of a label: `nonclk`, `not_interested`, `skipped`. `no_likes` is a
  /// number of likes.
  static func isOpposite(_ name: String) -> Bool {
    let (plain, lower) = (plain(name), name.lowercased())
    let bare = plain.hasPrefix("is") ? String(plain.dropFirst(2)) : plain
    if bare == "skip" || bare == "skipped" { return true }
    for prefix in ["non", "not", "no"] where bare.hasPrefix(prefix) {
      if prefix == "no" && lower.hasPrefix("no_") { continue }
      let rest = String(bare.dropFirst(prefix.count))
      if outcomes.contains(rest) || markedOutcomes.contains(rest) || outcomeEndings.contains(rest) {
        return true
      }
    }
    return false
  }

  private static func plain(_ name: String) -> String {
    String(name.lowercased().filter { $0.isLetter || $0.isNumber })
  }

  private static let outcomeEndings = [
    "label", "labels", "rating", "ratings", "click", "clicks", "clicked", "clk",
  ]
  private static let outcomes: Set<String> = [
    "like", "likes", "liked", "score", "stars", "star", "overall", "rate", "target", "y", "outcome",
    "feedback",
    "response", "purchase", "purchased", "bought", "buy", "converted", "conversion", "positive", "watchratio",
    "longview", "effectiveview", "reviewscore", "engaged", "notskipped",
  ]
  private static let markedOutcomes: Set<String> = [
    "trade", "booking", "booked", "ordered", "install", "installed", "interested",
  ]
  /// What kind of event a row is: what was shown must not become a positive.
  private static let kindsOfEvents: Set<String> = [
    "action", "actiontype", "event", "eventtype", "eventname", "btag", "interactiontype", "behavior",
    "behaviour",
    "behaviortype", "behaviourtype",
  ]

  /// Whether a column of this name says what is known only after the item was shown: `dwell_s`, `play_duration`,
  /// `review_text`.
  static func isLikeOutcome(_ name: String) -> Bool {
    if isLikeLabel(name) { return true }
    let words = words(name)
    return !afterwards.isDisjoint(with: words) || words.contains { $0.hasPrefix("dwell") }
  }

  /// Whether it may say so: enough for a first schema, which is looked at.
  static func mayBeOutcome(_ name: String) -> Bool {
    isLikeOutcome(name) || !perhapsAfterwards.isDisjoint(with: words(name))
  }

  private static func words(_ name: String) -> [String] {
    name.lowercased().split { !$0.isLetter }.map(String.init)
  }

  private static let afterwards: Set<String> = [
    "dwell", "duration", "watch", "watched", "play", "played", "playtime", "review", "reviewtext", "comment",
    "comments", "helpful", "vote", "votes", "feedback", "forward", "share", "shared", "follow", "hate",
    "summary", "tip", "profit", "revenue",
  ]
  private static let perhapsAfterwards: Set<String> = [
    "useful", "funny", "cool", "stay", "enter", "click", "purchase", "conversion", "attribution", "watching",
    "skip", "skipped", "bookings", "installed",
  ]
}
