import ArgumentParser
import Dist
import Support
import Sweeps

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Do many runs: every job on every data set with every setting and seed.",
    usage: "lcft sweep <sweep> [--output <dir>] [<options>]",
    discussion: """
      Example:
        lcft sweep jobs/table2.yaml --output runs/table2 --list \\
          --data amazon=electronics.h5
        lcft sweep jobs/table2.yaml --output runs/table2 --only 'amazon-*' \\
          --data amazon=electronics.h5 --launcher 'mpirun -n 8'
        lcft report runs/table2
      The sweep file (docs/sweep.md) lists jobs, data sets, seeds and settings. Each run is an lcft run \
      in a folder of its own below the output folder, with its whole job (job.yaml) and what it printed \
      (run.log). Runs that are done are left as they are, half-done runs continue, and missing runs \
      begin, one after the other. All runs are checked before the first one begins. Start the sweep \
      without mpirun: it starts each run with the launcher.

      A first SIGINT, SIGTERM or SIGUSR1 stops the run in an orderly way, a second one stops it at once. \
      The same command then continues where the sweep stopped. Several sweeps may share a folder. Exit \
      status: 0 all runs are done, 1 a run has failed, 2 the remaining runs are at work elsewhere, 75 \
      stopped by a signal.
      """)

  @Argument(help: "The sweep file (YAML).", completion: .yaml)
  var sweep: String

  @Option(help: "The folder for the runs' folders, instead of the sweep file's.", completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The launcher of each run, instead of the sweep file's: 'mpirun -n 8'; '' for none.",
      valueName: "command"))
  var launcher: String?

  @Option(
    help: ArgumentHelp(
      "The file of a data set that the sweep names; may be repeated.", valueName: "name=file"),
    completion: .hdf5)
  var data: [String] = []

  @Option(
    help: ArgumentHelp(
      "A setting of all runs, such as training.epochs=1; may be repeated.", valueName: "key=value"))
  var set: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only the run with this number or name, or runs that match a pattern ('amazon-*'); may be repeated.",
      valueName: "run"))
  var only: [String] = []

  @Flag(help: "Print the number, name and state of each run, and do nothing else.")
  var list = false

  @Flag(help: "Check everything, print the commands of the runs that are not done, and touch nothing.")
  var dryRun = false

  @Flag(help: "Go on with the next run after one that failed.")
  var keepGoing = false

  func validate() throws {
    if list && dryRun { throw ValidationError("give --list or --dry-run, not both") }
    for text in data + set where (text.firstIndex(of: "=") ?? text.startIndex) == text.startIndex {
      throw ValidationError("\(text): write NAME=FILE after --data, and KEY=VALUE after --set")
    }
  }

  func run() throws {
    guard try !Launcher.startsRanks() else {
      // One rank says it.
      if Launcher.rank > 0 { throw ExitCode.failure }
      throw ValidationError(
        "lcft sweep starts its runs itself: give it without mpirun or srun, and these as --launcher")
    }
    let found = try Sweep(sweep, options())
    let program = InstalledBuilds.program ?? CommandLine.arguments[0]
    let runner = try SweepRunner(found, found.select(only), program: program, onlyLists: list)
    if list { return print(runner.list.joined(separator: "\n")) }
    if dryRun {
      let commands = runner.commands
      if !commands.isEmpty { print(commands.joined(separator: "\n")) }
      return
    }
    StopRequest.listen(keepsListening: true)
    let account = try runner.run(keepGoing: keepGoing) { StandardError.write("\($0)\n") }
    print(account.lines.joined(separator: "\n"))
    guard account.exitStatus == 0 else { throw ExitCode(account.exitStatus) }
  }

  private func options() throws -> Sweep.Options {
    var options = Sweep.Options()
    options.output = output
    options.launcher = launcher?.split(separator: " ").map(String.init)
    for text in data { options.data.append(SweepCommand.pair(text)) }
    for text in self.set {
      let (key, value) = SweepCommand.pair(text)
      try options.set(key, to: value)
    }
    return options
  }

  private static func pair(_ text: String) -> (String, String) {
    let place = text.firstIndex(of: "=") ?? text.endIndex
    return (String(text[..<place]), String(text[place...].dropFirst()))
  }
}
