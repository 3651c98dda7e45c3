import Dist
import LCFT
import Support

// What each rank did with its time.

extension Experiment {
  /// The parts of a run whose times a summary gives apart.
  private static let trainingPhases: [Phase] = [
    .assemble, .forward, .backward, .denseSum, .tableSums, .update, .shareUsers, .checkpoint,
  ]
  private static let fineTuningPhases: [Phase] = [.chunk, .user]

  /// Every rank's times of the cloud training, on rank 0. Collective.
  func rankTimes(of timing: CloudTrainer.Timing) throws -> [RunSummary.RankTimes]? {
    let steps = Double(max(timing.steps, 1))
    return try gather(
      seconds: timing.seconds, inMPI: timing.communicationSeconds - timing.waitingSeconds,
      waiting: timing.waitingSeconds,
      [Double(timing.bytesSent) / steps, Double(timing.bytesReceived) / steps], Experiment.trainingPhases
    ) { times, numbers in
      times.bytesSentPerStep = numbers[0]
      times.bytesReceivedPerStep = numbers[1]
    }
  }

  /// Every rank's times of the fine-tuning, on rank 0. Collective.
  func rankTimes(of timing: FineTuningRun.Timing) throws -> [RunSummary.RankTimes]? {
    try gather(
      seconds: timing.seconds, inMPI: timing.communicationSeconds, waiting: timing.waitingSeconds,
      [Double(timing.users), Double(timing.bytesSent), Double(timing.bytesReceived)],
      Experiment.fineTuningPhases
    ) { times, numbers in
      times.users = Int(numbers[0])
      times.bytesSent = Int(numbers[1])
      times.bytesReceived = Int(numbers[2])
    }
  }

  /// `fill` sets what differs between parts of a run from the rank's `numbers`.
  private func gather(
    seconds: Double, inMPI: Double, waiting: Double, _ numbers: [Double], _ phases: [Phase],
    fill: (inout RunSummary.RankTimes, ArraySlice<Double>) -> Void
  ) throws -> [RunSummary.RankTimes]? {
    let length = max(seconds, 1e-9)
    let row = [seconds, max(inMPI, 0) / length, waiting / length] + phases.map(clock.seconds) + numbers
    let rows = try communicator.gather(row, to: 0).values
    guard leads else { return nil }
    return (0..<communicator.size).map { rank in
      let row = Array(rows[rank * row.count..<(rank + 1) * row.count])
      var times = RunSummary.RankTimes(
        seconds: row[0], computing: max(0, 1 - row[1] - row[2]), communicating: row[1], waiting: row[2],
        phases: Dictionary(uniqueKeysWithValues: zip(phases.map(\.name), row.dropFirst(3))))
      let own = Array(row.suffix(numbers.count))
      fill(&times, own[...])
      return times
    }
  }

  /// Tells what the ranks did with their time, on rank 0's standard error, and writes the timeline where one is
  /// wanted. Collective.
  package func reportTimes() throws {
    let table = ThroughputTable(summary)
    if !table.lines.isEmpty { say(table.lines.joined(separator: "\n")) }
    guard let profile else { return }
    let dropped = try profile.write()
    if dropped > 0 {
      say(
        "profile: the ranks' buffers were too small for \(dropped) events, which were dropped, earliest first"
      )
    }
  }
}
