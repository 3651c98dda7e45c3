import CAllocations
import Dist
import Support

#if canImport(Glibc)
  import Glibc
#endif

/// One measured rate, as a line of the output: name, rate, unit, allocations, share of the ceiling.
struct Measurement {
  /// Work per second of the best run.
  var rate: Double
  /// Heap allocations per unit of `allocationUnit` in the last run, which is warm.
  var allocations: Double

  /// Runs `work`, which says how much it did, `runs` times. One rank by itself is timed by its CPU seconds, which
  /// other work on the machine disturbs less; several by the clock on the wall, waiting included.
  static func best(
    of runs: Int = 5, allocationsPer units: Double = 1,
    among communicator: any Communicator = SoloCommunicator(),
    _ work: () throws -> Double
  ) throws -> Measurement {
    var result = Measurement(rate: 0, allocations: 0)
    for _ in 0..<runs {
      try communicator.barrier()
      let allocations = allocation_count()
      let start = communicator.size == 1 ? cpuSeconds() : steadySeconds()
      let done = try work()
      try communicator.barrier()
      let seconds = (communicator.size == 1 ? cpuSeconds() : steadySeconds()) - start
      result.rate = max(result.rate, done / seconds)
      result.allocations = Double(allocation_count() - allocations) / units
    }
    return result
  }
}

/// Prints measurements and keeps the ceiling that they are compared with.
struct Report {
  let communicator: any Communicator
  /// FLOP/s of the machine's own sgemm on 1024 x 1024 x 1024.
  var ceiling = 0.0

  /// `operations` are the useful floating-point operations of one unit of work, where they are counted.
  func line(_ name: String, _ measurement: Measurement, _ unit: String, operations: Double? = nil) {
    guard communicator.rank == 0 else { return }
    var text = pad(name, 52) + pad(number(measurement.rate), 12) + pad("\(unit)/s", 16)
    text += pad("\(number(measurement.allocations)) allocations", 20)
    if let operations, ceiling > 0 {
      let rate = measurement.rate * operations
      text += "\(number(rate / 1e9)) GFLOP/s, \(Int((100 * rate / ceiling).rounded()))% of sgemm"
    }
    print(text)
    fflush(nil)
  }

  private func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }

  private func number(_ value: Double) -> String {
    value >= 100 || value == value.rounded() ? "\(Int(value.rounded()))" : "\((value * 100).rounded() / 100)"
  }
}

/// CPU seconds of this thread.
func cpuSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
