import Support

/// What a sample knows of its user's events of the same second.
package enum SameTime: String, CaseIterable, Sendable, Codable {
  /// Those that the files have before it.
  case before
  /// None.
  case exclude
}

extension Dataset {
  /// What samples know of their own second: as the import noted it, or else as the training samples show it. Where no
  /// sample shows it, none knows any.
  package var sameTime: SameTime {
    if let stated = provenance.settings["same_time"].flatMap(SameTime.init(rawValue:)) { return stated }
    guard let times = train.timestamp else { return .exclude }
    for user in 0..<users.count {
      let first = Int(users.eventOffsets[user])
      for row in train.rows(ofUser: user)
      where Int(train.eventPosition[row]) > firstEvent(ofUser: user, from: times[row]) - first {
        return .before
      }
    }
    return .exclude
  }

  /// The row of the user's first event at `time` or later; the row after the user's last where there is none.
  package func firstEvent(ofUser user: Int, from time: Int64) -> Int {
    let (first, end) = (Int(users.eventOffsets[user]), Int(users.eventOffsets[user + 1]))
    return first + bisect(end - first) { events.timestamp[first + $0] >= time }
  }
}
