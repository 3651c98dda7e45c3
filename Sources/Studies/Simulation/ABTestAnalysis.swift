import IO

/// A number and its 95% interval.
package struct Estimate: Codable, Sendable, Equatable {
  package var value: Double
  package var low: Double
  package var high: Double

  /// The 97.5% quantile of the standard normal law.
  package static let normal = 1.959964

  /// The normal interval, value +- 1.96 standard errors.
  package init(_ value: Double, variance: Double) {
    let half = Estimate.normal * variance.squareRoot()
    self.value = value
    low = value - half
    high = value + half
  }
}

/// What a simulated online test shows: click-through rates and clicks per user, by day and over all days, and
/// how the buckets differ from the first one.
///
/// Intervals are normal over users: users are independent of one another, their impressions are not. The CTR
/// of a bucket, R = C / M of its users' clicks c and impressions m, has the variance of the mean of the
/// linearised (c - R m) n / M over its n users.
package struct ABTestAnalysis: Codable, Sendable, Equatable {
  /// One bucket on one day, or over all.
  package struct Row: Codable, Sendable, Equatable {
    package var bucket: String
    package var method: String
    /// From 1 on; nil for all days together.
    package var day: Int?
    package var impressions: Int
    package var clicks: Int
    package var users: Int
    /// nil, as all shares, where nothing was shown or the bucket has fewer than two users.
    package var ctr: Estimate?
    package var clicksPerUser: Estimate?
    /// The mean true click probability of what was shown, of the best that could have been shown, and of a
    /// random choice among the candidates.
    package var expectedCTR: Double?
    package var oracleCTR: Double?
    package var randomCTR: Double?
  }

  /// A bucket against the first one.
  package struct Difference: Codable, Sendable, Equatable {
    package var bucket: String
    package var method: String
    package var day: Int?
    package var ctr: Estimate?
    /// CTR divided by the first bucket's, minus 1.
    package var relativeCTR: Estimate?
    package var clicksPerUser: Estimate?
    /// The difference in CTR with what the users' training CTRs predict taken out (CUPED: Deng, Xu, Kohavi
    /// and Walker, WSDM 2013): the same expectation, a narrower interval.
    package var adjustedCTR: Estimate?
    /// What the test estimates: the difference had every user been served as either bucket, in expected
    /// clicks per impression, where all buckets were simulated for all users. Over all days only.
    package var truth: Estimate?
  }

  /// By bucket, then by day.
  package var days: [Row]
  /// By bucket, over all days.
  package var totals: [Row]
  package var dayDifferences: [Difference]
  package var differences: [Difference]
  /// Users whose model gave a score that is not a number.
  package var diverged: Int

  package init(_ test: ABTest) {
    let buckets = test.methods.indices.map { Bucket($0, of: test) }
    let allDays = 0..<test.settings.days
    days = buckets.flatMap { bucket in allDays.map { bucket.row(test, $0..<$0 + 1, day: $0 + 1) } }
    totals = buckets.map { $0.row(test, allDays, day: nil) }
    dayDifferences = buckets.dropFirst().flatMap { bucket in
      allDays.map { bucket.difference(test, from: buckets[0], $0..<$0 + 1, day: $0 + 1) }
    }
    differences = buckets.dropFirst().map { bucket in
      var difference = bucket.difference(test, from: buckets[0], allDays, day: nil)
      difference.truth = ABTestAnalysis.truth(test, bucket.index)
      return difference
    }
    diverged = test.users.diverged.reduce(0) { $0 + Int($1) }
  }

  /// The mean over users of the expected clicks gained, per impression; the same users on both sides.
  private static func truth(_ test: ABTest, _ bucket: Int) -> Estimate? {
    guard let expected = test.counterfactuals else { return nil }
    let count = test.methods.count
    let gains = test.users.row.indices.map { expected[$0 * count + bucket] - expected[$0 * count] }
    let impressions = test.users.row.indices.map { user in
      test.days.impressions[user * test.settings.days..<(user + 1) * test.settings.days]
        .reduce(0.0) { $0 + Double($1) }
    }
    return Ratio(gains, impressions).map { Estimate($0.value, variance: $0.variance) }
  }
}

/// The users of one bucket.
private struct Bucket {
  let index: Int
  let name: String
  let method: String
  let users: [Int]

  init(_ index: Int, of test: ABTest) {
    self.index = index
    name = ABTest.bucketName(index)
    method = test.methods[index]
    users = test.users.bucket.indices.filter { Int(test.users.bucket[$0]) == index }
  }

  /// Of each user, the sum of a column over `days`.
  func sums<Value: Numeric>(
    _ column: [Value], _ days: Range<Int>, _ test: ABTest, _ convert: (Value) -> Double
  ) -> [Double] {
    users.map { user in
      days.reduce(0.0) { $0 + convert(column[user * test.settings.days + $1]) }
    }
  }

  func ctr(_ test: ABTest, _ days: Range<Int>) -> Ratio? {
    Ratio(
      sums(test.days.clicks, days, test) { Double($0) },
      sums(test.days.impressions, days, test) { Double($0) })
  }

  func clicksPerUser(_ test: ABTest, _ days: Range<Int>) -> Ratio? {
    Ratio(
      sums(test.days.clicks, days, test) { Double($0) }, Array(repeating: 1, count: users.count))
  }

  func row(_ test: ABTest, _ days: Range<Int>, day: Int?) -> ABTestAnalysis.Row {
    func total(_ values: [Double]) -> Double { values.reduce(0, +) }
    let impressions = total(sums(test.days.impressions, days, test) { Double($0) })
    func share(_ column: [Double]) -> Double? {
      impressions > 0 ? total(sums(column, days, test) { $0 }) / impressions : nil
    }
    return ABTestAnalysis.Row(
      bucket: name, method: method, day: day, impressions: Int(impressions),
      clicks: Int(total(sums(test.days.clicks, days, test) { Double($0) })), users: users.count,
      ctr: ctr(test, days).map { Estimate($0.value, variance: $0.variance) },
      clicksPerUser: clicksPerUser(test, days).map { Estimate($0.value, variance: $0.variance) },
      expectedCTR: share(test.days.expectedClicks), oracleCTR: share(test.days.oracleClicks),
      randomCTR: share(test.days.randomClicks))
  }

  func difference(
    _ test: ABTest, from base: Bucket, _ days: Range<Int>, day: Int?
  ) -> ABTestAnalysis.Difference {
    var difference = ABTestAnalysis.Difference(bucket: name, method: method, day: day)
    if let own = ctr(test, days), let other = base.ctr(test, days) {
      difference.ctr = Estimate(own.value - other.value, variance: own.variance + other.variance)
      if other.value > 0 {
        let ratio = own.value / other.value
        difference.relativeCTR = Estimate(
          ratio - 1,
          variance: (own.variance + ratio * ratio * other.variance) / (other.value * other.value))
      }
      difference.adjustedCTR = adjusted(test, own, base, other)
    }
    if let own = clicksPerUser(test, days), let other = base.clicksPerUser(test, days) {
      difference.clicksPerUser = Estimate(own.value - other.value, variance: own.variance + other.variance)
    }
    return difference
  }

  /// The difference of the CTRs minus theta times that of the users' mean training CTRs x, theta = cov(z, x)
  /// / var(x) within buckets; the training CTR cannot depend on the bucket. A user without one has the mean.
  private func adjusted(_ test: ABTest, _ own: Ratio, _ base: Bucket, _ other: Ratio) -> Estimate {
    let known = (users + base.users).map { test.users.localCTR[$0] }.filter { !$0.isNaN }
    let mean = known.reduce(0, +) / Double(max(known.count, 1))
    func covariates(_ bucket: Bucket) -> [Double] {
      bucket.users.map { test.users.localCTR[$0].isNaN ? mean : test.users.localCTR[$0] }
    }
    var covariance = 0.0
    var variance = 0.0
    var parts: [(z: [Double], x: [Double], mean: Double)] = []
    for (ratio, bucket) in [(own, self), (other, base)] {
      let x = covariates(bucket)
      let mean = x.reduce(0, +) / Double(x.count)
      let centred = x.map { $0 - mean }
      for (z, x) in zip(ratio.linearized, centred) {
        covariance += z * x
        variance += x * x
      }
      parts.append((ratio.linearized, centred, mean))
    }
    let theta = variance > 0 ? covariance / variance : 0
    let variances = parts.map { part in
      Ratio.varianceOfMean(zip(part.z, part.x).map { $0 - theta * $1 })
    }
    return Estimate(
      own.value - other.value - theta * (parts[0].mean - parts[1].mean), variance: variances[0] + variances[1]
    )
  }
}

/// A ratio of sums over users, R = sum c / sum m.
private struct Ratio {
  var value: Double
  /// (c - R m) n / M of each user; their sum is 0.
  var linearized: [Double]

  /// nil where the denominators' sum is 0 or there are fewer than two users.
  init?(_ numerators: [Double], _ denominators: [Double]) {
    let total = denominators.reduce(0, +)
    guard total > 0, numerators.count > 1 else { return nil }
    let value = numerators.reduce(0, +) / total
    self.value = value
    let scale = Double(numerators.count) / total
    linearized = zip(numerators, denominators).map { scale * ($0 - value * $1) }
  }

  var variance: Double { Ratio.varianceOfMean(linearized) }

  /// Of values whose mean is 0.
  static func varianceOfMean(_ values: [Double]) -> Double {
    let count = Double(values.count)
    return values.reduce(0) { $0 + $1 * $1 } / (count * (count - 1))
  }
}
