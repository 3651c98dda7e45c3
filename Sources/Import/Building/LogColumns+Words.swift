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
    var plain = String(name.lowercased().filter { $0.isLetter || $0.isNumber })
    if ["avg", "average", "mean"].contains(where: plain.hasPrefix) { return false }
    for prefix in ["is", "has"] + negations where plain.hasPrefix(prefix) {
      plain.removeFirst(prefix.count)
      break
    }
    for suffix in ["flag", "bool"] where plain.hasSuffix(suffix) && plain != suffix {
      plain.removeLast(suffix.count)
    }
    let endings = ["label", "labels", "rating", "ratings", "click", "clicks", "clicked", "clk"]
    if endings.contains(where: plain.hasSuffix) { return true }
    return [
      "like", "likes", "liked", "score", "stars", "star", "overall", "rate", "target", "y", "outcome",
      "feedback", "response", "purchase", "purchased", "bought", "buy", "converted", "conversion", "positive",
      "watchratio", "longview", "effectiveview", "reviewscore", "engaged", "interested", "trade", "booking",
      "booked", "ordered", "install", "installed", "skip", "skipped",
      // What kind of event a row is: what was shown must not become a positive.
      "action", "actiontype", "event", "eventtype", "eventname", "btag", "interaction",
      "interactiontype", "behavior", "behaviour", "behaviortype", "behaviourtype",
    ].contains(plain)
  }

  /// The one of `names` that most probably says how a row is labelled; nil where none looks so. `nonclk` says the opposite
  /// of a label, and stands for one only where there is no other.
  static func label(among names: some Sequence<String>) -> String? {
    let likely = names.filter(isLikeLabel)
    return likely.first { name in !negations.contains { name.lowercased().hasPrefix($0) } } ?? likely.first
  }

  private static let negations = ["non", "not", "no"]

  /// Whether a column of this name probably says what is known only after the item was shown: `dwell_s`,
  /// `play_duration`, `review_text`.
  static func isLikeOutcome(_ name: String) -> Bool {
    if isLikeLabel(name) { return true }
    let words = name.lowercased().split { !$0.isLetter }.map(String.init)
    let known = [
      "dwell", "duration", "watch", "watched", "play", "played", "playtime", "review", "reviewtext",
      "comment",
      "comments", "helpful", "useful", "vote", "votes", "feedback", "stay", "enter", "click", "purchase",
      "conversion", "attribution", "forward", "share", "shared", "follow", "hate",
      "summary",
      "tip", "profit", "revenue",
    ]
    return words.contains(where: known.contains) || words.contains { $0.hasPrefix("dwell") }
  }
}
