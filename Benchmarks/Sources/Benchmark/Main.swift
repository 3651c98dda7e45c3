import Dist
import IO
import LCFT

/// What everything takes, from kernels to whole steps; one line per measurement. Alone or under mpirun:
///
///     Benchmark [kernels] [layers] [models] [din] [reductions] [load FILE.h5]
///     Benchmark peer [SECONDS [PART OF A LOOP'S NAME]]
///
/// `din` is the part of `models` that is compared with PyTorch, `peer` prints the loops of `PeerBenchmarks`; without arguments all but `load` are measured.
@main
enum Benchmark {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let all = arguments.isEmpty
    try withWorld(program: "Benchmark") { communicator in
      if let index = arguments.firstIndex(of: "peer") {
        let rest = arguments[(index + 1)...]
        let ceilings = try Ceilings.measure()
        if communicator.rank == 0 { print(ceilings) }
        return try PeerBenchmarks(
          communicator: communicator, seconds: rest.first.flatMap(Double.init) ?? 8, ceilings: ceilings
        ).run(rest.dropFirst().first)
      }
      var report = Report(communicator: communicator)
      let ceiling = try KernelBenchmarks.ceiling()
      report.ceiling = ceiling.rate
      report.line("sgemm 1024 x 1024 x 1024 by the BLAS", ceiling, "operations", operations: 1)
      let alone = communicator.size == 1
      if alone, all || arguments.contains("kernels") { try KernelBenchmarks(report: report).run() }
      if alone, all || arguments.contains("layers") { try LayerBenchmarks(report: report).run() }
      if all || arguments.contains("reductions") { try ReductionBenchmarks(report: report).run() }
      if all || arguments.contains("models") { try ModelBenchmarks(report).run() }
      if arguments.contains("din") { try ModelBenchmarks(report).runDIN() }
      if let index = arguments.firstIndex(of: "load"), arguments.indices.contains(index + 1) {
        try FileBenchmarks(report: report).run(arguments[index + 1])
      }
    }
  }
}
