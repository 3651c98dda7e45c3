import Foundation
import IO
import Import
import Studies

/// `ab-days.csv`: what the buckets of an A/B test saw and clicked on each day, one row per bucket and day.
///
/// A header names the columns bucket, day, impressions, clicks and users, and, where the intervals are known
/// from the users themselves, ctr_low, ctr_high, clicks_per_user_low and clicks_per_user_high, as
/// `lcft simulate-ab` writes them; method is added to the bucket's name. Other columns do not matter.
struct ABTestDays {
  struct Day {
    var bucket: String
    var day: Int
    var impressions: Int
    var clicks: Int
    /// Users who were served on the day.
    var users: Int
    /// NaN, as its interval, where nothing was shown.
    var ctr: Estimate
    /// NaN, as its interval, where nobody was served.
    var clicksPerUser: Estimate
  }

  private(set) var days: [Day] = []
  /// Whether the intervals come from the file.
  private(set) var hasIntervals = false

  /// Reads the file `path`. Throws `ImportError` where it cannot be read, `ReportError.days` with the line.
  init(_ path: String) throws {
    let lines = try LineReader(path: path)
    var fields = CSVFields()
    func refused(_ reason: String) -> ReportError { .days(file: path, line: lines.number, reason: reason) }
    func split(_ line: Line) throws -> [String] {
      do throws(MalformedLine) { try fields.split(line) } catch { throw refused("\(error)") }
      return (0..<min(fields.count, CSVFields.maximumCount)).map {
        String(decoding: fields[$0], as: UTF8.self)
      }
    }
    guard let first = try lines.next() else { throw refused("the file is empty; a header line is expected") }
    let header = try split(first)
    let names = ["bucket", "day", "impressions", "clicks", "users"]
    let places = try names.map { name in
      guard let place = header.firstIndex(of: name) else {
        throw refused("no column \(name) in the header; needed: \(names.joined(separator: ", "))")
      }
      return place
    }
    let method = header.firstIndex(of: "method")
    let ends = ["ctr_low", "ctr_high", "clicks_per_user_low", "clicks_per_user_high"].compactMap {
      header.firstIndex(of: $0)
    }
    hasIntervals = ends.count == 4
    while let line = try lines.next() {
      if line.count == 0 { continue }
      let values = try split(line)
      guard values.count == header.count else {
        throw refused("\(values.count) fields where the header has \(header.count)")
      }
      let numbers = try (1..<names.count).map { index in
        guard let number = Int(values[places[index]]), number >= 0 else {
          throw refused("\(names[index]) '\(values[places[index]])' is not a whole number from 0 on")
        }
        return number
      }
      guard numbers[2] <= numbers[1] else { throw refused("more clicks than impressions") }
      let bucket = [values[places[0]]] + (method.map { [values[$0]] } ?? [])
      var day = Day(
        bucket: bucket.joined(separator: " "), day: numbers[0], impressions: numbers[1], clicks: numbers[2],
        users: numbers[3], ctr: .share(numbers[2], of: numbers[1]),
        clicksPerUser: .mean(numbers[2], over: numbers[3]))
      if hasIntervals {
        let given = try ends.map { place in
          guard values[place].isEmpty || Double(values[place]) != nil else {
            throw refused("\(header[place]) '\(values[place])' is not a number")
          }
          return Double(values[place]) ?? .nan
        }
        (day.ctr.low, day.ctr.high) = (given[0], given[1])
        (day.clicksPerUser.low, day.clicksPerUser.high) = (given[2], given[3])
      }
      days.append(day)
    }
    guard !days.isEmpty else { throw refused("no row below the header") }
  }
}

extension Estimate {
  /// A binomial share with Wilson's interval.
  fileprivate static func share(_ count: Int, of total: Int) -> Estimate {
    let n = Double(total)
    let share = Double(count) / n
    let square = normal * normal
    let half = normal / (1 + square / n) * (share * (1 - share) / n + square / (4 * n * n)).squareRoot()
    var estimate = Estimate(share, variance: 0)
    let centre = (share + square / (2 * n)) / (1 + square / n)
    (estimate.low, estimate.high) = (centre - half, centre + half)
    return estimate
  }

  /// A Poisson count over a number of users, with the normal interval.
  fileprivate static func mean(_ count: Int, over users: Int) -> Estimate {
    Estimate(Double(count) / Double(users), variance: Double(count) / (Double(users) * Double(users)))
  }
}
