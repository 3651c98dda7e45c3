import ArgumentParser
import Dist
import Foundation
import LCFT
import Plan
import Runs
import Support

/// The options of the commands that run on all ranks.
struct RunOptions: ParsableArguments {
  @Option(help: "The job file (YAML).", completion: .yaml)
  var job: String

  @Option(help: "The data set, made by lcft import or lcft synthesize.", completion: .hdf5)
  var data: String

  @Option(
    help: "The folder for checkpoints, results and summary.json; created if it does not exist.",
    completion: .directory)
  var output: String

  @OptionGroup var start: StartOptions

  /// The session of a command that writes `outputs`. Collective.
  func session(
    _ communicator: any Communicator, _ outputs: RunOutputs, profile: String? = nil
  ) throws -> Session {
    try session(communicator, profile: profile) { _ in outputs }
  }

  /// The session of a command that writes what `outputs` makes of its job. Collective.
  func session(
    _ communicator: any Communicator, profile: String? = nil, outputs: (Job) -> RunOutputs
  ) throws -> Session {
    // A slip in the job is told before what the folder holds, which one might answer by --overwrite.
    let own = try communicator.collectively {
      communicator.rank == 0 ? outputs(try Job.read(job)).rawValue : 0
    }
    return try Session(
      communicator, output: output, start: start.start,
      outputs: RunOutputs(rawValue: try communicator.broadcast(own, from: 0)), profile: profile,
      command: commandLine(),
      limits: start.limits.limits, isDryRun: start.dryRun, progress: .standardError)
  }

  /// What the command works on.
  func inputs(_ options: Inputs.Options = Inputs.Options(), in session: Session) throws -> Inputs {
    try Inputs(job: .file(job), dataPath: data, options, in: session)
  }
}

/// What to do with an earlier run's outputs.
struct StartOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Continue where an earlier run of the same job and data in the output folder "
        + "stopped, on any number of ranks.",
      discussion:
        "A run stopped by SIGTERM, SIGUSR1 or SIGINT keeps what it has done and exits with status 75."))
  var resume = false

  @Flag(
    help: ArgumentHelp(
      "Replace an earlier run's outputs, once the new ones are whole.",
      discussion:
        "Until then the new ones are in a folder within the output folder, where --resume finds them."))
  var overwrite = false

  @Flag(help: "Check everything, print what would be read, done, written and replaced, and touch nothing.")
  var dryRun = false

  @OptionGroup var limits: LimitOptions

  func validate() throws {
    if resume && overwrite { throw ValidationError("give --resume or --overwrite, not both") }
  }

  /// Runs `command`, or prints what it would do; nil then.
  func perform<Command: Runs.RunCommand>(
    _ command: Command, _ inputs: Inputs, in session: Session
  ) throws -> Command.Product? {
    guard dryRun else { return try session.perform(command) }
    if let preview = try session.preview(command, inputs.estimate) { print(preview) }
    return nil
  }

  var start: RunStart { resume ? .resume : overwrite ? .overwrite : .fresh }
}

/// Like `withWorld`, for commands that keep what they have when a signal asks them to stop.
func withStops(_ body: (any Communicator) throws -> Void) throws {
  StopRequest.listen(forLauncher: (try? Launcher.startsRanks()) == true && Launcher.rank == 0)
  try withWorld(body)
}

/// What to do with a run that does not fit.
struct LimitOptions: ParsableArguments {
  @Flag(help: "Try a run even if it does not fit into memory or onto the disk. Otherwise it is refused.")
  var ignoreLimits = false

  @Option(
    help: ArgumentHelp(
      """
      Take no more memory than this on a host (64G, 500M), instead of what it has. If the outcomes of all users \
      do not fit, they are kept in temporary files without a name; nothing is left of these files, however the \
      command ends. Results are the same.
      """, valueName: "bytes"),
    transform: MemoryOptions.bytes)
  var memory: Int?

  @Option(
    help: "The folder whose disk holds outcomes that do not fit into memory (default: the output's).",
    completion: .directory)
  var temporary: String?

  func validate() throws {
    if ignoreLimits, memory != nil || temporary != nil {
      throw ValidationError("--memory and --temporary are limits: give them or --ignore-limits")
    }
  }

  var limits: RunLimits { RunLimits(areIgnored: ignoreLimits, memory: memory, temporary: temporary) }
}

/// The earlier model that a training goes on from.
struct WarmStartOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Continue from the model of an earlier training on other data: its checkpoint, or its output folder.",
      discussion:
        "Rows of users, items and values are matched by name; the network and its features must be the same.",
      valueName: "folder|file"),
    completion: .hdf5)
  var warmStart: String?

  @Option(help: "What the optimiser begins with: the state of the earlier training, or none.")
  var warmStartOptimizer: WarmStartChoice.OptimizerStart = .kept

  @Option(
    help: """
      What rows begin with if the earlier model does not have them: drawn at random, as without --warm-start, or \
      the average, which is the unknown row or, if there is none, the mean of all rows.
      """)
  var warmStartRows: WarmStartChoice.RowStart = .drawn

  func validate() throws {
    guard warmStart == nil else { return }
    if warmStartOptimizer != .kept { throw ValidationError("--warm-start-optimizer goes with --warm-start") }
    if warmStartRows != .drawn { throw ValidationError("--warm-start-rows goes with --warm-start") }
  }

  var source: WarmStartSource? {
    warmStart.map {
      WarmStartSource($0, WarmStartChoice(optimizer: warmStartOptimizer, newRows: warmStartRows))
    }
  }
}

extension WarmStartChoice.OptimizerStart: ExpressibleByArgument {}
extension WarmStartChoice.RowStart: ExpressibleByArgument {}

/// A timeline of the run.
struct ProfileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write what every rank did and when, for chrome://tracing or Perfetto. Results do not change.",
      valueName: "file.json"), completion: .file(extensions: ["json"]))
  var profile: String?
}

/// What searches found, for a fine-tuning.
struct SearchedOptions: ParsableArguments {
  @Option(help: "The table of labels for the method hard: labels.h5 or labels.yaml.", completion: .table)
  var labels: String?

  @Option(
    help: "The choice of methods that lcft and lcft_by_ctr stand for: choice.h5.", completion: .hdf5)
  var choice: String?

  @Option(
    help:
      "Settings for individual methods, instead of the job's: search.yaml or search.h5, from lcft search.",
    completion: .table)
  var settings: String?
}

/// The choice of methods on the command line.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Methods to run instead of the job's, separated by commas: \(MethodOptions.known).", valueName: "list"),
    completion: .methods, transform: MethodOptions.parse)
  var methods: [Method]?

  /// The names of all methods.
  static let known = names.joined(separator: ", ")
  static let names = Method.allCases.map(\.rawValue)

  static func method(_ name: String) throws -> Method {
    guard let method = Method(rawValue: name) else {
      throw ValidationError(Method.list.problem(with: [name]) ?? "unknown method \(name)")
    }
    return method
  }

  private static func parse(_ list: String) throws -> [Method] {
    let names = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    if let problem = Method.list.problem(with: names) { throw ValidationError(problem) }
    return names.compactMap(Method.init(rawValue:))
  }
}

/// Which users' models are kept.
struct SaveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep fine-tuned models in models.h5 (with a file per rank next to it): all, sample:N or users:FILE "
        + "(one user id per line). lcft apply scores with them.",
      valueName: "users"),
    completion: .list(["all", "sample:", "users:"]), transform: SaveOptions.parse)
  var saveModels: ModelSelection?

  private static func parse(_ text: String) throws -> ModelSelection {
    guard let selection = ModelSelection(text) else {
      throw ValidationError("--save-models takes all, sample:N or users:FILE, not \(text)")
    }
    return selection
  }
}
