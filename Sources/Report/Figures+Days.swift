import Studies
import Support

extension Figures {
  /// Figure 5: an A/B test's buckets by day.
  static func days(_ test: ABTestDays, name: String, id: String) -> Figure {
    var table = ReportTable(
      id: id, title: "Numbers of Figure 5, \(name)", note: "",
      columns: [
        .init(key: "bucket", title: "bucket", isNumber: false), .init(key: "day", title: "day"),
        .init(key: "users", title: "users"), .init(key: "impressions", title: "impressions"),
        .init(key: "clicks", title: "clicks"), .init(key: "ctr", title: "CTR"), .init(title: "95% interval"),
        .init(key: "ctr_low"), .init(key: "ctr_high"),
        .init(key: "clicks_per_user", title: "clicks per user"),
        .init(title: "95% interval"), .init(key: "clicks_per_user_low"), .init(key: "clicks_per_user_high"),
      ])
    for day in test.days {
      func cells(_ estimate: Estimate, _ scale: Double, _ unit: String) -> [ReportTable.Cell] {
        func shown(_ value: Double) -> String { text(scale * value, 3) + (value.isNaN ? "" : unit) }
        return [
          .init(data: estimate.value.isNaN ? "" : "\(estimate.value)", text: shown(estimate.value)),
          .init(
            data: "", text: estimate.low.isNaN ? "-" : "\(shown(estimate.low)) to \(shown(estimate.high))"),
          .init(estimate.low, 4), .init(estimate.high, 4),
        ]
      }
      table.rows.append(
        [.init(day.bucket), .init(day.day), .init(day.users), .init(day.impressions), .init(day.clicks)]
          + cells(day.ctr, 100, "%") + cells(day.clicksPerUser, 1, ""))
    }
    return Figure(
      kind: .days,
      caption: "CTR and clicks per user of each bucket by day, with 95% intervals"
        + (test.hasIntervals
          ? " as the test's file states them (lcft simulate-ab: normal over users)."
          : ": Wilson's for the CTR, the Poisson law's by normal approximation for clicks per user. Both "
            + "assume that clicks are independent; where users differ, the intervals are too narrow."),
      table: table, title: "Figure 5. A/B test by day: \(name)")
  }
}
