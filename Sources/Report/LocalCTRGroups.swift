import Foundation
import IO
import LCFT

/// How users are put into groups by their local CTR.
package enum LocalCTRGrouping: String, Sendable, CaseIterable {
  /// By negatives per positive where these are few whole numbers; by intervals of one width where each has at
  /// least 1% of the users; else by quantiles.
  case auto
  /// Ten intervals of one width.
  case width
  /// Ten intervals with about as many users each.
  case quantile
  /// The local CTRs are 1 / (1 + r), as where r negatives are sampled for each positive.
  case negatives
}

/// The users of a run in groups by local CTR, in the order in which a figure shows them.
struct LocalCTRGroups {
  struct Group {
    var label: String
    var low: Double
    var high: Double
    /// Where the figure shows it.
    var position: Double
    /// Rows of `Results.users`.
    var users: [Int] = []
  }

  struct Tick: Encodable {
    var at: Double
    var label: String
  }

  private(set) var groups: [Group]
  /// What the horizontal axis shows, and its range.
  let axis: String
  let ticks: [Tick]
  let range: [Double]
  /// Where the global CTR lies on it.
  let mark: Double

  /// Throws `ReportError.notByNegatives` where the users do not have what `grouping` asks for.
  init(_ run: ReportedRun, _ grouping: LocalCTRGrouping) throws {
    let users = run.results.users
    let ratios = LocalCTRGroups.ratios(users)
    if grouping == .negatives, ratios == nil { throw ReportError.notByNegatives(run.folder) }
    if let ratios, grouping == .negatives || (grouping == .auto && Set(ratios).count <= 20) {
      self.init(ratios: ratios, globalCTR: run.results.globalCTR)
    } else {
      let rates = users.localCTR
      let globalCTR = run.results.globalCTR
      let widths = LocalCTRGroups(
        LocalCTRIntervals(equalWidths: 10, rates), rates: rates, globalCTR: globalCTR)
      let isSparse = widths.groups.contains { 100 * $0.users.count < rates.count }
      self =
        grouping == .quantile || (grouping == .auto && isSparse)
        ? LocalCTRGroups(
          LocalCTRIntervals(quantiles: 10, rates), rates: rates, globalCTR: globalCTR)
        : widths
    }
  }

  private init(ratios: [Int], globalCTR: Double) {
    groups = Set(ratios).sorted().map { ratio in
      let rate = 1 / Double(1 + ratio)
      return Group(label: "\(ratio)", low: rate, high: rate, position: Double(ratio))
    }
    let places = Dictionary(
      uniqueKeysWithValues: groups.enumerated().map { (Int($1.position), $0) })
    for (user, ratio) in ratios.enumerated() {
      if let place = places[ratio] { groups[place].users.append(user) }
    }
    axis = "negatives per positive"
    ticks = groups.map { Tick(at: $0.position, label: $0.label) }
    range = [(groups.first?.position ?? 0) - 0.6, (groups.last?.position ?? 0) + 0.6]
    mark = (1 - globalCTR) / globalCTR
  }

  private init(_ bounded: LocalCTRIntervals, rates: some Collection<Double>, globalCTR: Double) {
    let (intervals, ends) = (bounded.intervals, bounded.ends)
    let labels = distinctTexts(ends, digits: 3) { String(format: "%.\($1)g", $0) }
    groups = (0..<intervals.count).map { place in
      Group(
        label: "\(labels[place]) to \(labels[place + 1])", low: ends[place], high: ends[place + 1],
        position: Double(place))
    }
    for (user, rate) in rates.enumerated() { groups[intervals.index(of: rate)].users.append(user) }
    axis = "local CTR"
    ticks = labels.enumerated().map { Tick(at: Double($0) - 0.5, label: $1) }
    range = [-0.6, Double(groups.count) - 0.4]
    let group = groups[intervals.index(of: globalCTR)]
    let share = group.high > group.low ? (globalCTR - group.low) / (group.high - group.low) : 0.5
    mark = group.position - 0.5 + min(max(share, 0), 1)
  }

  /// Negatives per positive of each user, where these are whole numbers.
  private static func ratios(_ users: Results.Users) -> [Int]? {
    var ratios: [Int] = []
    for (count, positives) in zip(users.trainCount, users.trainPositives) {
      guard positives > 0, count % positives == 0 else { return nil }
      ratios.append(Int(count / positives) - 1)
    }
    return ratios.isEmpty ? nil : ratios
  }
}
