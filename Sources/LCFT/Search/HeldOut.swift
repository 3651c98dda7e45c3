import IO

/// How one user's training samples are cut for a search: fine-tuned on the first part, scored on the last.
package struct HeldOut {
  /// Rows of the training samples.
  package var fit: Range<Int>
  package var heldOut: Range<Int>

  /// Cuts off the last `share` of the samples of `user`, which are in time order; at least one, and at least
  /// one stays. The samples of one moment stay together (a review and the products sampled beside it): the cut
  /// moves to before them. Nil where a user has no two moments.
  package init?(_ samples: Dataset.Samples, user: Int, share: Double) {
    let rows = samples.rows(ofUser: user)
    guard rows.count > 1 else { return nil }
    let count = min(rows.count - 1, max(1, Int((share * Double(rows.count)).rounded())))
    let positions = samples.eventPosition.pointer
    var cut = rows.upperBound - count
    while cut > rows.lowerBound, positions[cut - 1] == positions[cut] { cut -= 1 }
    // One moment may hold all that is left.
    if cut == rows.lowerBound {
      cut = rows.upperBound - count
      while cut < rows.upperBound, positions[cut - 1] == positions[cut] { cut += 1 }
    }
    guard cut < rows.upperBound else { return nil }
    fit = rows.lowerBound..<cut
    heldOut = cut..<rows.upperBound
  }
}

extension Dataset {
  /// The data set of a search: what users' models are fitted to is its training part, what is held out of the
  /// training part its test part. The test part itself is left behind. Users whose samples cannot be cut keep
  /// them all for training.
  ///
  /// Everything that a search computes comes of this: the cloud model and the global CTR, which would know the
  /// held-out labels otherwise, and the users' local CTRs, by which labels are corrected and users grouped.
  package func holdingOut(_ share: Double) -> Dataset {
    var rows: (fit: [Int], heldOut: [Int]) = ([], [])
    var offsets: (fit: [Int64], heldOut: [Int64]) = ([0], [0])
    for user in 0..<users.count {
      let cut = HeldOut(train, user: user, share: share)
      rows.fit += cut?.fit ?? train.rows(ofUser: user)
      if let cut { rows.heldOut += cut.heldOut }
      offsets.fit.append(Int64(rows.fit.count))
      offsets.heldOut.append(Int64(rows.heldOut.count))
    }
    var result = self
    result.train = train.part(rows.fit, offsets.fit)
    result.test = train.part(rows.heldOut, offsets.heldOut)
    return result
  }
}

extension Dataset.Samples {
  /// Some rows, user by user.
  fileprivate func part(_ rows: [Int], _ offsets: [Int64]) -> Dataset.Samples {
    Dataset.Samples(
      offsets: Column(offsets), item: Column(rows.map { item[$0] }), label: Column(rows.map { label[$0] }),
      eventPosition: Column(rows.map { eventPosition[$0] }))
  }
}

extension Job.Search {
  /// The labels of the grid, alphas outermost.
  var pairs: [(alpha: Double, beta: Double)] {
    alphas.flatMap { alpha in betas.map { (alpha, $0) } }
  }

  /// The groups of users with these local CTRs.
  func intervals(localCTRs: [Double]) -> CTRIntervals {
    switch groups {
    case .edges(let edges): CTRIntervals(edges: edges)
    case .quantiles(let count): CTRIntervals(quantiles: count, of: localCTRs)
    }
  }
}
