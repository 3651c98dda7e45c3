import Dist
import Models

extension CloudTrainer {
  /// Work and communication of one rank, in seconds, and the samples of all ranks.
  package struct Timing: Sendable {
    package var samples = 0
    package var steps = 0
    package var seconds = 0.0
    /// Inside MPI, and how much of that until all other ranks had come.
    package var communicationSeconds = 0.0
    package var waitingSeconds = 0.0
    package var bytesSent = 0
    package var bytesReceived = 0
    /// What this rank has sent to other hosts in its steps' sums.
    package var toHosts = HostTraffic()
  }

  /// Where this rank's meters stand when an epoch begins.
  struct TimingStart {
    var time: Double
    var traffic: Traffic
    var waited: Double
  }

  /// Collective, as is `endTiming`.
  func beginTiming() throws -> TimingStart {
    try waiting.synchronize()
    return TimingStart(time: clock.now(), traffic: communicator.traffic, waited: waiting.seconds)
  }

  /// Adds the steps `steps` of an epoch to `timing`.
  func endTiming(of steps: Range<Int>, since start: TimingStart) throws {
    try waiting.settle()
    let spent = communicator.traffic - start.traffic
    let schedule = batches.order.schedule
    timing.samples += schedule.samples(before: steps.upperBound) - schedule.samples(before: steps.lowerBound)
    timing.steps += steps.count
    timing.seconds += clock.end(.epoch, since: start.time) - start.time
    timing.communicationSeconds += spent.seconds
    timing.waitingSeconds += waiting.seconds - start.waited
    timing.bytesSent += spent.bytesSent
    timing.bytesReceived += spent.bytesReceived
  }
}

// What steps exchange, for an estimate of a job's time.
extension CloudTrainer {
  /// Floats of a shard's dense vector.
  package var denseLength: Int { vector.stride }

  /// How many sums of statistics of each length there have been, in numbers of double precision.
  package var statisticsSums: [(length: Int, times: Int)] { statistics.sums }

  /// The tables whose rows are summed, those of one row space together: rows and elements of a row.
  package var tablesSummed: [(rows: Int, width: Int)] { jointTables.shapes }

  /// Of each of those the rows that the last step's shards touched, in shard order.
  package var touched: [[UnsafeBufferPointer<Int32>]] {
    jointTables.all.map { joint in
      let (rows, partition) = builder.rows(joint.space)
      return (0..<owned.count).map { shard in
        let range = partition.rows(ofShard: shard)
        return UnsafeBufferPointer(start: rows + range.lowerBound, count: range.count)
      }
    }
  }
}
