import Support

/// Rates of a run and what its ranks did with their time, for the end of a command.
package struct ThroughputTable {
  package private(set) var lines: [String] = []
  /// Of more ranks only the extremes and means are printed.
  private static let mostRanks = 16

  package init(_ summary: RunSummary) {
    if let training = summary.cloudTraining, let rate = training.samplesPerSecond, let ranks = training.ranks
    {
      let steps = training.stepsPerEpoch.map { ", \(counted($0, "step")) per epoch" } ?? ""
      add(
        "cloud training: \(count(rate)) samples/s\(steps)", ranks,
        [
          ("sent/step", \.bytesSentPerStep, ThroughputTable.bytes),
          ("received/step", \.bytesReceivedPerStep, ThroughputTable.bytes),
        ])
      for host in training.exchange ?? [] {
        lines.append(
          "  from \(host.name) to other hosts: \(text(host.messagesPerStep, 0)) messages, "
            + "\(ThroughputTable.bytes(host.bytesPerStep)) per step")
      }
    }
    if let tuning = summary.finetuning, tuning.usersPerSecond > 0 {
      add(
        "fine-tuning: \(count(tuning.usersPerSecond)) users/s", tuning.ranks,
        [
          ("users", \.userCount, { "\(Int($0.rounded()))" }),
          ("sent", \.sent, ThroughputTable.bytes), ("received", \.received, ThroughputTable.bytes),
        ])
    }
  }

  private typealias Column = (
    title: String, value: (RunSummary.RankTimes) -> Double?, text: (Double) -> String
  )

  private mutating func add(_ title: String, _ ranks: [RunSummary.RankTimes], _ own: [Column]) {
    let share: (Double) -> String = { text(100 * $0, 1) + "%" }
    let shares: [Column] = [
      ("computing", \.computing, share), ("communicating", \.communicating, share),
      ("waiting", \.waiting, share),
    ]
    let columns = shares + own
    func line(_ name: String, _ cells: [String]) -> String {
      "  " + pad(name, 8, right: false) + cells.map { pad($0, 15) }.joined()
    }
    lines.append(title)
    lines.append(line("", columns.map(\.title)))
    guard ranks.count > ThroughputTable.mostRanks else {
      for (rank, times) in ranks.enumerated() {
        lines.append(line("rank \(rank)", columns.map { $0.text($0.value(times) ?? 0) }))
      }
      return
    }
    let values = columns.map { column in ranks.map { column.value($0) ?? 0 } }
    for (name, pick) in [
      ("least", { $0.min() ?? 0 }), ("mean", { $0.reduce(0, +) / Double($0.count) }),
      ("most", { $0.max() ?? 0 }),
    ] as [(String, ([Double]) -> Double)] {
      lines.append(line(name, zip(columns, values).map { $0.text(pick($1)) }))
    }
  }

  private func count(_ rate: Double) -> String { rate >= 100 ? "\(Int(rate.rounded()))" : text(rate, 1) }

  private static func bytes(_ count: Double) -> String { byteText(Int(count.rounded())) }
}

extension RunSummary.RankTimes {
  fileprivate var userCount: Double? { users.map(Double.init) }
  fileprivate var sent: Double? { bytesSent.map(Double.init) }
  fileprivate var received: Double? { bytesReceived.map(Double.init) }
}
