import ArgumentParser
import Foundation
import IO
import Support

@main
struct Lcft: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lcft",
    abstract: "Per-user fine-tuning of click-through-rate models with label correction, on MPI.",
    discussion: """
      A first run, on made-up data:
        lcft synthesize --users 2000 --items 1000 --output world.h5
        mpirun -n 2 lcft run --job jobs/quickstart.yaml --data world.h5 --output runs/first
        lcft describe runs/first/results.h5
      """,
    version: FileHeader.programVersion,
    subcommands: [
      Import.self, Synthesize.self, Describe.self, Train.self, FineTune.self, Run.self, Apply.self,
      SimulateAB.self, Report.self,
      Search.self, SearchLabels.self, Labels.self,
    ])

  static func main() {
    let command: any ParsableCommand
    do {
      command = try parseAsRoot()
    } catch {
      // Every rank parses the same arguments; one of them telling what is wrong is enough.
      if Lcft.rankOfLauncher > 0 { _exit(exitCode(for: error).rawValue) }
      tell(error)
    }
    do {
      var command = command
      try command.run()
    } catch let error where error is ValidationError || exitCode(for: error) == .success {
      tell(error)
    } catch {
      StandardError.write("lcft: \(error)\n")
      exit(withError: ExitCode.failure)
    }
  }

  /// Ends with help or with what is wrong with the arguments: the latter in one write, which the launcher's own
  /// messages do not come between.
  private static func tell(_ error: any Error) -> Never {
    guard exitCode(for: error) != .success else { exit(withError: error) }
    StandardError.write(fullMessage(for: error) + "\n")
    exit(withError: exitCode(for: error))
  }

  /// This process's rank as the launcher tells it, before MPI is there.
  private static var rankOfLauncher: Int {
    let environment = ProcessInfo.processInfo.environment
    for name in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK"] {
      if let rank = environment[name].flatMap(Int.init) { return rank }
    }
    return 0
  }
}
