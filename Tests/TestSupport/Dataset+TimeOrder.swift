import IO

extension Dataset {
  /// This data set with each user's training samples in the order of their moments, as importers write them; in place.
  package var inTimeOrder: Dataset {
    for user in 0..<users.count {
      let rows = train.rows(ofUser: user)
      for (row, position) in zip(rows, train.eventPosition.values[rows].sorted()) {
        train.eventPosition.values[row] = position
      }
    }
    return self
  }
}
