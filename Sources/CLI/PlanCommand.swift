import ArgumentParser
import Dist
import Foundation
import Plan
import Support

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Estimate the time, memory and disk that a job takes on a cluster.",
    usage: "lcft plan --job <job> --data <data> --ranks <ranks> [<options>]",
    discussion: """
      Example:
        lcft plan --job jobs/amazon-din.yaml --data electronics.h5 --ranks 64 \\
          --hosts 4 --cores 16 --latency 50us --bandwidth 1Gbit
      It trains a few steps and fine-tunes a few users on this machine, and computes the rest from \
      that. On a machine of the cluster, start it with mpirun -n CORES lcft plan: it then measures as \
      many ranks at once as will share the machine. lcft ping measures the links.
      """)

  @Option(help: "The job file (YAML).", completion: .yaml)
  var job: String

  @Option(help: "The data set, made by lcft import or lcft synthesize.", completion: .hdf5)
  var data: String

  @Option(help: "The number of ranks to run on.")
  var ranks: Int

  @Option(help: "The number of hosts that the ranks are spread over.")
  var hosts = 1

  @Option(
    help: "The number of cores per host; it may be less than one (default: this machine's).")
  var cores: Double?

  @Option(
    help: """
      The latency of messages between hosts, or between ranks on one host: 50us, 1.5us, 0.2ms (default: 50us between \
      hosts, 1us on one host).
      """,
    transform: { try PlanCommand.number($0, ["us": 1e-6, "ms": 1e-3, "s": 1]) })
  var latency: Double?

  @Option(
    help: """
      The bandwidth between hosts, or between ranks on one host: 1Gbit, 120MB (per second; default: 1Gbit between \
      hosts, 4GB on one host).
      """,
    transform: {
      try PlanCommand.number(
        $0, ["kbit": 125, "Mbit": 125e3, "Gbit": 125e6, "B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9])
    })
  var bandwidth: Double?

  @Option(
    help: ArgumentHelp(
      "The memory of a host (64G, 500M), to see how few such hosts the job fits on.", valueName: "bytes"),
    transform: MemoryOptions.bytes)
  var memory: Int?

  @Option(
    help: """
      Plan for this many users instead of the data set's, each with as many events and samples as the data set's \
      users have. So a part of a log, or a synthetic world like it, can stand for the whole log.
      """)
  var users: Int?

  @Option(help: "Plan for this many items instead of the data set's.")
  var items: Int?

  @OptionGroup var methods: MethodOptions

  func validate() throws {
    guard ranks > 0, hosts > 0, hosts <= ranks else {
      throw ValidationError("give at least one rank and one host, and no more hosts than ranks")
    }
    guard (cores ?? 1) > 0, (cores ?? 1).isFinite else {
      throw ValidationError("give a number of cores greater than zero")
    }
    guard (users ?? 1) > 0, (items ?? 1) > 0, (users ?? 1) < 1 << 31, (items ?? 1) < 1 << 31 else {
      throw ValidationError("give from 1 to 2147483647 users and items")
    }
    guard (latency ?? 1) > 0, (bandwidth ?? 1) > 0 else {
      throw ValidationError("a latency and a bandwidth must be greater than zero")
    }
  }

  func run() throws {
    try withWorld { communicator in
      let plan = try RunPlan(
        jobPath: job, dataPath: data, methods: methods.methods,
        cluster: Cluster(
          ranks: ranks, hosts: hosts, cores: cores ?? Double(ProcessInfo.processInfo.activeProcessorCount),
          latency: latency, bandwidth: bandwidth),
        memory: memory, users: users, items: items, communicator: communicator)
      if communicator.rank == 0 { print(plan) }
    }
  }

  /// A number with one of the units.
  private static func number(_ text: String, _ units: [String: Double]) throws -> Double {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).trimmingCharacters(in: .whitespaces)
    guard let value = Double(digits), let factor = units[unit.replacingOccurrences(of: "/s", with: "")] else {
      throw ValidationError(
        "\(text) is not a number with one of the units \(units.keys.sorted().joined(separator: ", "))")
    }
    return value * factor
  }
}
