import Support

/// What a sample knows of its user's events of the same second.
package enum SameTime: String, CaseIterable, Sendable, Codable {
  /// Those that the files have before it.
  case before
  /// None.
  case exclude
}

extension Dataset {
  /// What samples know of their own second: as the import noted it, or else, in files of earlier versions, as one of them
  /// shows it. Where none does, none knows any.
  package var sameTime: SameTime {
    if let stated = provenance.settings["same_time"].flatMap(SameTime.init(rawValue:)) { return stated }
    for samples in [train, test] {
      guard let times = samples.timestamp else { continue }
      for user in 0..<users.count {
        let first = Int(users.eventOffsets[user])
        // The last event that the sample knows is of its own second.
        for row in samples.rows(ofUser: user) where samples.eventPosition[row] > 0 {
          if events.timestamp[first + Int(samples.eventPosition[row]) - 1] == times[row] { return .before }
        }
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
