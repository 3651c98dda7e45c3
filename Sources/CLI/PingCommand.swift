import ArgumentParser
import Dist
import Plan

struct PingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ping",
    abstract: "Measure how fast the ranks reach each other, for lcft plan.",
    discussion: """
      Example:
        mpirun -n 2 --hostfile hostfiles/two-hosts --map-by node lcft ping
      Prints the latency and bandwidth between two ranks on one host and between two ranks on \
      different hosts, if there are such ranks, and the times of sums over all ranks.
      """)

  func run() throws {
    try withWorld { communicator in
      let report = try LinkReport(communicator)
      if communicator.rank == 0 { print(report) }
    }
  }
}
