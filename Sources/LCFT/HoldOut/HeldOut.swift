import IO
import Support

/// How one user's training samples are cut where models are judged before their test: trained or fine-tuned on the first
/// part, scored on the last.
package struct HeldOut {
  /// Rows of the training samples.
  package var fit: Range<Int>
  package var heldOut: Range<Int>

  /// Cuts off the last `share` of the samples of `user`, which are in time order; at least one, and at least
  /// one stays. The samples of one moment stay together (a review and the products sampled with it): the cut
  /// moves to before them. Nil where a user has no two moments.
  package init?(_ samples: Dataset.Samples, user: Int, share: Double) {
    self.init(samples, rows: samples.rows(ofUser: user), share: share)
  }

  /// The same of some `rows` of one user.
  package init?(_ samples: Dataset.Samples, rows: Range<Int>, share: Double) {
    guard rows.count > 1 else { return nil }
    let count = min(rows.count - 1, max(1, Int((share * Double(rows.count)).rounded())))
    var cut = rows.upperBound - count
    while cut > rows.lowerBound, samples.areOfOneMoment(cut - 1, cut) { cut -= 1 }
    // One moment may hold all that is left.
    if cut == rows.lowerBound {
      cut = rows.upperBound - count
      while cut < rows.upperBound, samples.areOfOneMoment(cut - 1, cut) { cut += 1 }
    }
    guard cut < rows.upperBound else { return nil }
    fit = rows.lowerBound..<cut
    heldOut = cut..<rows.upperBound
  }

  /// The cut of fold `fold`: `share` of what is left before the parts that the folds before it hold out. Where a user's
  /// samples cannot be cut so often, what is left stays whole.
  package init(_ samples: Dataset.Samples, user: Int, share: Double, fold: Int) {
    var rows = samples.rows(ofUser: user)
    for _ in 1..<fold {
      guard let later = HeldOut(samples, rows: rows, share: share) else { break }
      rows = later.fit
    }
    self = HeldOut(samples, rows: rows, share: share) ?? HeldOut(whole: rows)
  }

  /// Nothing held out.
  private init(whole rows: Range<Int>) {
    fit = rows
    heldOut = rows.upperBound..<rows.upperBound
  }
}

extension Dataset {
  /// The data set of a search, and of a training that is validated: what models are fitted to is its training part, what
  /// is held out of the training part its test part. The test part itself is left out. Users whose samples cannot be cut
  /// keep them all for training.
  ///
  /// Everything that a search computes comes from this: the cloud model and the global CTR, which would know
  /// the held-out labels otherwise, and the users' local CTRs, by which labels are corrected and users
  /// grouped. Of fold 2 and on, the parts that the folds before it hold out are left out as well, as they are later. The
  /// samples are in `memory`; throws what that throws.
  package func holdingOut(
    _ share: Double, fold: Int = 1, in memory: any MemorySource = OwnMemory()
  ) throws -> Dataset {
    let cuts = (0..<users.count).map { HeldOut(train, user: $0, share: share, fold: fold) }
    var result = self
    result.train = try train.parts(cuts.lazy.map(\.fit), in: memory)
    result.test = try train.parts(cuts.lazy.map(\.heldOut), in: memory)
    result.features = try features.cuttingSamples(
      train: cuts.map(\.fit), test: cuts.map(\.heldOut), in: memory)
    return result
  }
}

extension Dataset.Samples {
  /// Whether two samples of a user know the same events and, where times are known, are of one time. Where clicks alone are
  /// events, all exposures up to the next click know the same ones, and may be days apart.
  fileprivate func areOfOneMoment(_ row: Int, _ next: Int) -> Bool {
    eventPosition[row] == eventPosition[next] && timestamp.map { $0[row] == $0[next] } ?? true
  }

  /// Some rows of each user, user by user.
  fileprivate func parts(
    _ ranges: some Collection<Range<Int>>, in memory: any MemorySource
  ) throws -> Dataset.Samples {
    let total = ranges.reduce(0) { $0 + $1.count }
    let part = Dataset.Samples(
      offsets: try Column(ranges.count + 1, in: memory), item: try Column(total, in: memory),
      label: try Column(total, in: memory), eventPosition: try Column(total, in: memory),
      timestamp: try timestamp.map { _ in try Column(total, in: memory) })
    var next = 0
    for (user, rows) in ranges.enumerated() {
      part.offsets.values[user] = Int64(next)
      for row in rows {
        part.item.values[next] = item[row]
        part.label.values[next] = label[row]
        part.eventPosition.values[next] = eventPosition[row]
        if let timestamp { part.timestamp?.values[next] = timestamp[row] }
        next += 1
      }
    }
    part.offsets.values[ranges.count] = Int64(next)
    return part
  }
}

extension Dataset {
  /// Whether some user's held-out samples of fold `fold` have both classes.
  package func canJudge(_ share: Double, fold: Int) -> Bool {
    (0..<users.count).contains {
      hasBothClasses(HeldOut(train, user: $0, share: share, fold: fold).heldOut)
    }
  }

  /// What a validation holds out of each user's training samples: the last `share` of them all, or of those that fold
  /// `cut.fold` of a search leaves its own cloud model.
  package func validated(
    _ share: Double, leftBy cut: (share: Double, fold: Int)? = nil
  ) -> some Collection<Range<Int>> {
    (0..<users.count).lazy.map { user in
      let rows =
        cut.map { HeldOut(train, user: user, share: $0.share, fold: $0.fold).fit } ?? train.rows(ofUser: user)
      return HeldOut(train, rows: rows, share: share)?.heldOut ?? rows.upperBound..<rows.upperBound
    }
  }

  /// Whether some of the training samples `rows` are clicked and some are not.
  package func hasBothClasses(_ rows: Range<Int>) -> Bool {
    let clicks = train.label.values[rows].reduce(0) { $0 + Int($1) }
    return clicks > 0 && clicks < rows.count
  }

  /// How many training samples `holdingOut` holds out.
  package func heldOutSamples(_ share: Double) -> Int {
    validated(share).reduce(0) { $0 + $1.count }
  }
}
