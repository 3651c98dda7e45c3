import IO
import Support

/// A simulated online test as text: Table 3 and Figure 5 of the paper.
package struct ABTestTable: CustomStringConvertible {
  private let test: ABTest
  private let title: String
  private let analysis: ABTestAnalysis

  package init(_ test: ABTest, title: String) {
    self.test = test
    self.title = title
    analysis = ABTestAnalysis(test)
  }

  package var description: String {
    let settings = test.settings
    var lines = [
      "\(title): \(test.model), \(counted(test.users.row.count, "user")), \(counted(settings.days, "day")), "
        + "\(text(settings.visits, 2)) visits a day on average, \(settings.shown) of \(settings.candidates) "
        + "candidates shown", "",
      "CTR     "
        + analysis.totals.map { pad("\($0.bucket) \($0.method)", 26, right: false) }.joined()
        + analysis.differences.map { pad("\($0.bucket) - A", 28, right: false) }.joined(),
    ]
    for day in 1...settings.days {
      let rows = analysis.days.filter { $0.day == day }
      let differences = analysis.dayDifferences.filter { $0.day == day }
      lines.append(line("day \(day)", rows, differences))
    }
    lines.append(line("all", analysis.totals, analysis.differences))
    lines += [
      "",
      "bucket              users  impressions     clicks  clicks per user            expected    random    oracle",
    ]
    lines += analysis.totals.map { row in
      pad("\(row.bucket) \(row.method)", 17, right: false) + pad("\(row.users)", 8)
        + pad("\(row.impressions)", 13) + pad("\(row.clicks)", 11) + "  "
        + pad(interval(row.clicksPerUser, 3), 25, right: false)
        + [row.expectedCTR, row.randomCTR, row.oracleCTR].map { pad(text($0 ?? .nan, 4), 10) }.joined()
    }
    lines.append("")
    for difference in analysis.differences {
      lines.append("\(difference.bucket) \(difference.method) against A \(test.methods[0])")
      lines += [
        ("CTR", interval(difference.ctr, 5, signed: true)),
        ("CTR in percent", interval(difference.relativeCTR, 2, signed: true, scale: 100)),
        ("CTR, adjusted", interval(difference.adjustedCTR, 5, signed: true)),
        ("clicks per user", interval(difference.clicksPerUser, 4, signed: true)),
      ].map { "  \(pad($0, 16, right: false)) \($1)" }
      if let truth = difference.truth {
        lines.append("  \(pad("CTR, the truth", 16, right: false)) \(interval(truth, 5, signed: true))")
      }
    }
    if analysis.diverged > 0 {
      lines.append("\(counted(analysis.diverged, "user")) had a model whose scores are not numbers")
    }
    lines += [
      "[95% intervals], normal over users; adjusted: with what training CTRs predict taken out (CUPED);",
      "expected, random, oracle: mean true click probability of what was shown, of a random choice among the",
      "candidates, and of the best; histories are those of the data set and do not grow with the days",
    ]
    return lines.map(withoutTrailingBlanks).joined(separator: "\n")
  }

  private func line(
    _ day: String, _ rows: [ABTestAnalysis.Row], _ differences: [ABTestAnalysis.Difference]
  ) -> String {
    let cells =
      rows.map { pad(interval($0.ctr, 4), 24, right: false) }
      + differences.map { pad(interval($0.ctr, 4, signed: true), 26, right: false) }
    return "\(pad(day, 6))  \(cells.joined(separator: "  "))"
  }

  private func interval(_ estimate: Estimate?, _ digits: Int, signed: Bool = false, scale: Double = 1)
    -> String
  {
    guard let estimate else { return "-" }
    let numbers = [estimate.value, estimate.low, estimate.high].map { value in
      (signed && value * scale >= 0 ? "+" : "") + text(value * scale, digits)
    }
    return "\(numbers[0]) [\(numbers[1]), \(numbers[2])]"
  }
}

extension ABTestAnalysis {
  /// One line per bucket and day, as `ab-days.csv` has them; fields are empty where there is no number.
  package var csv: String {
    var lines = [
      "bucket,method,day,impressions,clicks,users,ctr,ctr_low,ctr_high,clicks_per_user,clicks_per_user_low,"
        + "clicks_per_user_high,expected_ctr,random_ctr,oracle_ctr,ctr_difference,ctr_difference_low,"
        + "ctr_difference_high"
    ]
    func fields(_ estimate: Estimate?) -> [String] {
      estimate.map { ["\($0.value)", "\($0.low)", "\($0.high)"] } ?? ["", "", ""]
    }
    for row in days {
      let difference = dayDifferences.first { $0.bucket == row.bucket && $0.day == row.day }
      let cells =
        [row.bucket, row.method, "\(row.day ?? 0)", "\(row.impressions)", "\(row.clicks)", "\(row.users)"]
        + fields(row.ctr) + fields(row.clicksPerUser)
        + [row.expectedCTR, row.randomCTR, row.oracleCTR].map { $0.map { "\($0)" } ?? "" }
        + fields(difference?.ctr)
      lines.append(cells.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
