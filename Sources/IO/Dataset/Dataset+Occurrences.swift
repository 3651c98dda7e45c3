import Support

extension Dataset {
  /// Counts the values of all vocabularies in the training part, as `Vocabulary.counts` says. The counts lie in
  /// `memory`. Throws what that throws.
  package mutating func countOccurrences(in memory: any MemorySource) throws {
    let byPath = features.byPath
    for index in features.vocabularies.indices {
      let vocabulary = features.vocabularies[index]
      let counts = try Column<Int64>(vocabulary.count, in: memory)
      for (owner, feature) in byPath where feature.categorical?.vocabulary == vocabulary.name {
        forEachOccurrence(owner) { row, times in
          for value in feature.columns[0].values(ofRow: row) { counts.values[Int(value)] += Int64(times) }
        }
      }
      features.vocabularies[index].counts = counts
    }
  }

  /// The same in memory of this process.
  package mutating func countOccurrences() {
    do {
      try countOccurrences(in: OwnMemory())
    } catch {
      preconditionFailure("a process's own memory does not fail")
    }
  }

  /// Calls `body` with the rows of `owner` that occur in `samples`, the training part where nil, and how often: a user as
  /// often as there are samples, an item as often as it is the candidate of one, an event once if one comes after it.
  package func forEachOccurrence(
    _ owner: FeatureOwner, in samples: Samples? = nil, _ body: (_ row: Int, _ times: Int) -> Void
  ) {
    let samples = samples ?? train
    switch owner {
    case .users:
      for users in Pieces(ofUsers: samples.offsets, bytesPerRow: 1) {
        for user in users {
          let count = samples.rows(ofUser: user).count
          if count > 0 { body(user, count) }
        }
      }
    case .items:
      for rows in Pieces(samples.count, bytesPerRow: 4) {
        for row in rows { body(Int(samples.item[row]), 1) }
      }
    case .samples:
      for rows in Pieces(samples.count, bytesPerRow: 24) { for row in rows { body(row, 1) } }
    case .events:
      for users in Pieces(
        ofUsers: users.eventOffsets, bytesPerRow: 24 + 4 * samples.count / max(events.count, 1))
      {
        for user in users {
          var seen = 0
          for row in samples.rows(ofUser: user) { seen = max(seen, Int(samples.eventPosition[row])) }
          let first = Int(self.users.eventOffsets[user])
          for row in first..<first + seen { body(row, 1) }
        }
      }
    }
  }
}
