import Foundation
import Support

/// A line of `progress.jsonl`: JSON, keys in snake case.
package struct ProgressRecord: Codable, Sendable, Equatable {
  package enum Event: String, Codable, Sendable {
    /// A command has taken the folder.
    case start
    /// How far a piece of work is.
    case progress
    /// What the ranks did with their time.
    case ranks
    /// The command is over.
    case end
  }

  /// How a command ended.
  package enum Outcome: String, Codable, Sendable {
    case finished
    /// By a signal; everything is kept, and `--resume` goes on.
    case stopped
    case failed
  }

  package var event: Event
  /// As in `ProgressTime`.
  package var time: String

  // Of a start. The process is rank 0's, which writes.
  package var creator: String?
  package var command: String?
  package var host: String?
  package var process: Int?
  package var rankCount: Int?
  package var hosts: [String]?

  // Of progress, as in `ProgressEvent`; also the phase of the ranks' times.
  package var phase: String?
  package var unit: String?
  package var done: Double?
  package var total: Double?
  package var earlier: Double?
  package var seconds: Double?
  package var rate: Double?
  package var secondsLeft: Double?
  /// Losses and scores: `{"loss": 0.31}`.
  package var values: [String: Double]?
  /// Resident memory of rank 0, in bytes.
  package var memory: Int?
  /// Whether the phase is over.
  package var isLast: Bool?

  /// Shares of the ranks' time.
  package var shares: RankShares?

  package var outcome: Outcome?
  package var error: String?

  package init(_ event: Event, time: String = ProgressTime.text()) {
    self.event = event
    self.time = time
  }

  package init(_ event: ProgressEvent, memory: Int) {
    self.init(.progress)
    phase = event.work
    unit = event.unit
    done = event.done
    total = event.total
    earlier = event.earlier > 0 ? event.earlier : nil
    seconds = ProgressRecord.rounded(event.seconds, 3)
    rate = ProgressRecord.rounded(event.rate, 3)
    secondsLeft = event.secondsLeft.map { ProgressRecord.rounded($0, 1) }
    // JSON has no infinities and no NaN.
    let finite = event.measures.filter(\.value.isFinite).map { ($0.key, $0.value) }
    values = finite.isEmpty ? nil : Dictionary(finite, uniquingKeysWith: { $1 })
    self.memory = memory
    isLast = event.isLast
  }

  /// The event again; nil where the record is of none.
  package var progressEvent: ProgressEvent? {
    guard event == .progress, let phase, let unit, let done, let seconds else { return nil }
    let measures = (values ?? [:]).sorted { $0.key < $1.key }.map {
      ProgressMeasure($0.key.replacing("_", with: " "), $0.value, digits: 4)
    }
    return ProgressEvent(
      work: phase, unit: unit, done: done, total: total, earlier: earlier ?? 0, seconds: seconds,
      secondsLeft: secondsLeft, measures: measures, isLast: isLast ?? false)
  }

  /// One line of text, with its end.
  package func line() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
  }

  /// Of a line's text; nil where it is none.
  package init?(line: some StringProtocol) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let record = try? decoder.decode(ProgressRecord.self, from: Data(line.utf8)) else { return nil }
    self = record
  }

  private static func rounded(_ value: Double, _ digits: Double) -> Double {
    let unit = pow(10, digits)
    return value.isFinite ? (value * unit).rounded() / unit : 0
  }
}

/// The shares of their time that the ranks have spent in a phase so far: each at work, inside MPI, and waiting for
/// others. Of many ranks the least, the mean and the most.
package struct RankShares: Codable, Sendable, Equatable {
  package var computing: [Double]
  package var communicating: [Double]
  package var waiting: [Double]
  /// Whether these are the least, the mean and the most.
  package var areExtremes: Bool

  /// More ranks are told by their extremes, so that a line stays short.
  package static let mostRanks = 32

  /// The shares of each rank.
  package init(computing: [Double], communicating: [Double], waiting: [Double]) {
    areExtremes = computing.count > RankShares.mostRanks
    let isLong = areExtremes
    func values(_ shares: [Double]) -> [Double] {
      let told =
        isLong
        ? [shares.min() ?? 0, shares.reduce(0, +) / Double(shares.count), shares.max() ?? 0] : shares
      return told.map { (1000 * $0).rounded() / 1000 }
    }
    self.computing = values(computing)
    self.communicating = values(communicating)
    self.waiting = values(waiting)
  }
}

/// Moments as `progress.jsonl` has them: ISO 8601, UTC, to the millisecond.
package enum ProgressTime {
  /// `2026-02-28T12:00:00.250Z` for seconds since 1970; without an argument now.
  package static func text(_ seconds: Double = Date().timeIntervalSince1970) -> String {
    let whole = Int(seconds.rounded(.down))
    let milliseconds = Int((1000 * (seconds - Double(whole))).rounded(.down))
    let digits = String(1000 + milliseconds).dropFirst()
    return "\(FileHeader.timestamp(epoch: whole).dropLast()).\(digits)Z"
  }

  /// Seconds since 1970; nil where the text is no such moment. Fractions may be missing.
  package static func seconds(_ text: String) -> Double? {
    let (whole, fraction) = (text.prefix(19), text.dropFirst(19))
    guard fraction == "Z" || (fraction.hasPrefix(".") && fraction.hasSuffix("Z")),
      let date = try? Date("\(whole)Z", strategy: .iso8601)
    else { return nil }
    return date.timeIntervalSince1970 + (Double("0\(fraction.dropLast())") ?? 0)
  }
}
