import Dist
import LCFT
import Support

// What each rank did with its time.

extension Session {
  /// The parts of a run whose times a summary gives separately.
  private static let trainingPhases: [Phase] = [
    .assemble, .tableRows, .forward, .backward, .denseSum, .tableSums, .update, .ahead, .shareUsers,
    .evaluation, .checkpoint,
  ]
  private static let fineTuningPhases: [Phase] = [.chunk, .user]

  /// Every rank's times of the cloud training, on rank 0. Collective.
  func rankTimes(of timing: CloudTrainer.Timing) throws -> [RunSummary.RankTimes]? {
    let steps = Double(max(timing.steps, 1))
    return try gather(
      seconds: timing.seconds, inMPI: timing.communicationSeconds - timing.waitingSeconds,
      waiting: timing.waitingSeconds,
      [Double(timing.bytesSent) / steps, Double(timing.bytesReceived) / steps], Session.trainingPhases
    ) { times, numbers in
      times.bytesSentPerStep = numbers[0]
      times.bytesReceivedPerStep = numbers[1]
    }
  }

  /// What each host's ranks have sent to other hosts in the steps of a cloud training, on rank 0. Collective.
  func exchange(of timing: CloudTrainer.Timing) throws -> [RunSummary.HostExchange]? {
    let sent = try communicator.gather([timing.toHosts.messages, timing.toHosts.bytes], to: 0).values
    guard leads else { return nil }
    var exchanges = communicator.ranksByHost.map {
      RunSummary.HostExchange(name: $0.name, ranks: $0.ranks, messagesPerStep: 0, bytesPerStep: 0)
    }
    let steps = Double(max(timing.steps, 1))
    for (rank, host) in communicator.hosts.enumerated() {
      guard let place = exchanges.firstIndex(where: { $0.name == host }) else { continue }
      exchanges[place].messagesPerStep += Double(sent[2 * rank]) / steps
      exchanges[place].bytesPerStep += Double(sent[2 * rank + 1]) / steps
    }
    return exchanges
  }

  /// Every rank's times of the fine-tuning, and the users per second of each method, or none where no user
  /// was left; on rank 0. Collective.
  func fineTuningTimes(
    of timing: FineTuningRun.Timing
  ) throws -> (parts: RunSummary.FineTuningTimes, usersPerSecond: [Double])? {
    let ranks = try rankTimes(of: timing)
    let users = try communicator.gather([timing.users], to: 0).values
    let methodSeconds = try communicator.gather(timing.methodSeconds, to: 0).values
    guard leads else { return nil }
    let done = Double(users.reduce(0, +))
    let times = RunSummary.FineTuningTimes(
      usersPerSecond: done / max(timing.seconds, 1e-9), seconds: timing.seconds, ranks: ranks ?? [])
    guard done > 0 else { return (times, []) }
    let methods = timing.methodSeconds.count
    let rates = (0..<methods).map { method in
      let seconds = stride(from: method, to: methodSeconds.count, by: methods).reduce(0) {
        $0 + methodSeconds[$1]
      }
      return done / max(seconds / Double(users.count), 1e-9)
    }
    return (times, rates)
  }

  private func rankTimes(of timing: FineTuningRun.Timing) throws -> [RunSummary.RankTimes]? {
    try gather(
      seconds: timing.seconds, inMPI: timing.communicationSeconds, waiting: timing.waitingSeconds,
      [Double(timing.users), Double(timing.bytesSent), Double(timing.bytesReceived)], Session.fineTuningPhases
    ) { times, numbers in
      times.users = Int(numbers[0])
      times.bytesSent = Int(numbers[1])
      times.bytesReceived = Int(numbers[2])
    }
  }

  /// `fill` sets what differs between parts of a run from the rank's `numbers`.
  private func gather(
    seconds: Double, inMPI: Double, waiting: Double, _ numbers: [Double], _ phases: [Phase],
    fill: (inout RunSummary.RankTimes, [Double]) -> Void
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
      fill(&times, Array(row.suffix(numbers.count)))
      return times
    }
  }
}
