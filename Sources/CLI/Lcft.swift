import ArgumentParser
import BuildInfo
import Dist
@preconcurrency import Foundation
import IO
import Runs
import Support

@main
struct Lcft: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lcft",
    abstract: "Per-user fine-tuning of click-through-rate models with label correction, on MPI.",
    discussion: """
      A first run, on made-up data:
        lcft synthesize --users 2000 --items 1000 --output world.h5
        mpirun -n 2 lcft run --job jobs/quickstart.yaml --data world.h5 \\
          --output runs/first
        lcft describe runs/first/results.h5
      """,
    // Made only where it is printed: /proc/cpuinfo takes its time on hosts with many cores.
    version: CommandLine.arguments.contains("--version")
      ? RunSummary.Versions().text : FileHeader.programVersion,
    subcommands: [
      ImportCommand.self, SubsetCommand.self, MergeCommand.self, SynthesizeCommand.self, DescribeCommand.self,
      TrainCommand.self,
      FineTuneCommand.self, RunCommand.self, ApplyCommand.self, PredictCommand.self, FineTuneUserCommand.self,
      SimulateABCommand.self, StatusCommand.self, ReportCommand.self, PlanCommand.self, PingCommand.self,
      SearchCommand.self, SearchLabelsCommand.self, SearchMethodsCommand.self, LabelsCommand.self,
      SweepCommand.self,
    ])

  static func main() {
    do {
      try InstalledBuilds.checkProcessor(own: BuildInfo.processorTarget)
      try InstalledBuilds.switchToBest(own: BuildInfo.processorTarget)
    } catch {
      StandardError.write("lcft: \(error)\n")
      exit(withError: ExitCode.failure)
    }
    ProcessMemory.giveBackLargeBlocks()
    // A limit on the size of files is then reported like a full disk, by the write that fails.
    signal(SIGXFSZ, SIG_IGN)
    OutOfMemory.listen(as: Launcher.rank > 0 ? "lcft: rank \(Launcher.rank)" : "lcft")
    let command: any ParsableCommand
    do {
      command = try parseAsRoot()
    } catch {
      // Every rank parses the same arguments, so it is enough that one of them prints what is wrong.
      if Launcher.rank > 0 { _exit(exitCode(for: error).rawValue) }
      tell(error, UnknownWord(Array(CommandLine.arguments.dropFirst()), of: _dumpHelp()))
    }
    do {
      var command = command
      try command.runOnRank()
      try finishOutput()
    } catch let status as ExitCode {
      exit(withError: status)
    } catch let error where error is ValidationError || exitCode(for: error) == .success {
      tell(error)
    } catch {
      // Every rank notices by itself what keeps the ranks from finding one another. A failure of MPI is one rank's.
      if let error = error as? DistError, !error.isOfOneRank, Launcher.rank > 0 {
        _exit(ExitCode.failure.rawValue)
      }
      StandardError.write("lcft: \(StandardError.line(error))\n")
      exit(withError: ExitCode.failure)
    }
  }

  /// Writes what has been printed. Throws where standard output, unless it is closed, does not take it: a full disk, for one.
  private static func finishOutput() throws(SystemError) {
    if fflush(stdout) == 0 && ferror(stdout) == 0 { return }
    let code = errno
    if code == EBADF { return }
    throw .failed(file: "standard output", action: "write to", code: code == 0 ? EIO : code)
  }

  /// Prints help, or what is wrong with the arguments, and exits. An unknown command or option is told in place of what the
  /// parser says. An error is one write, so that the launcher's own messages cannot come in between.
  private static func tell(_ error: any Error, _ unknown: UnknownWord? = nil) -> Never {
    guard exitCode(for: error) != .success else { exit(withError: error) }
    var lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false).map(
      String.init)
    if let unknown, let usage = lines.firstIndex(where: { $0.hasPrefix("Help:") || $0.hasPrefix("Usage:") }) {
      lines.replaceSubrange(..<usage, with: ["Error: \(unknown)"])
    }
    StandardError.write(lines.joined(separator: "\n") + "\n")
    exit(withError: exitCode(for: error))
  }
}
