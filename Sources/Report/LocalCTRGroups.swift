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
        LocalCTRGroups.equalWidths(rates, count: 10), from: 0, rates: rates, globalCTR: globalCTR)
      let isSparse = widths.groups.contains { 100 * $0.users.count < rates.count }
      self =
        grouping == .quantile || (grouping == .auto && isSparse)
        ? LocalCTRGroups(
          CTRIntervals(quantiles: 10, of: rates), from: rates.min() ?? 0, rates: rates, globalCTR: globalCTR)
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

  /// The groups of `intervals`, shown as if the first began at `lowest`; the last ends at the highest rate.
  private init(_ intervals: CTRIntervals, from lowest: Double, rates: [Double], globalCTR: Double) {
    let ends = intervals.ends(from: lowest, rates)
    let labels = ends.map { String(format: "%.3g", $0) }
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

  /// `count` intervals of one width from 0 on, which cover 99% of the users in whole hundredths or tenths;
  /// the last one takes all higher local CTRs as well.
  static func equalWidths(_ rates: [Double], count: Int) -> CTRIntervals {
    let covered = PairedBootstrap.quantile(0.99, rates.sorted())
    let unit = covered > 0.1 ? 10.0 : 100.0
    // A rate that is itself an end must not be rounded up beyond it.
    let end = min(1, max((covered * unit - 1e-9).rounded(.up), 1) / unit)
    return CTRIntervals(edges: (1..<count).map { end * Double($0) / Double(count) })
  }
}

extension CTRIntervals {
  /// The ends of the intervals, those between them and the outer ones: `lowest` and the highest of `rates`,
  /// or the end of a last interval as wide as the first if that is higher.
  func ends(from lowest: Double, _ rates: [Double]) -> [Double] {
    let highest = rates.max() ?? 1
    guard let first = edges.first, let last = edges.last, lowest == 0 else {
      return [lowest] + edges + [highest]
    }
    return [lowest] + edges + [max(last + first, highest)]
  }
}
