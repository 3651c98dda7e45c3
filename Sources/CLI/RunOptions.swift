import ArgumentParser
import Dist
import LCFT
import Runs
import Support

/// The options of the commands that run on all ranks.
struct RunOptions: ParsableArguments {
  @Option(help: "The job file (YAML).")
  var job: String

  @Option(help: "The data set, made by lcft import or lcft synthesize.")
  var data: String

  @Option(help: "The folder for checkpoints, results and summary.json; made if it is not there.")
  var output: String

  @OptionGroup var start: StartOptions

  /// The session of a command that writes `outputs`.
  func session(
    _ communicator: any Communicator, _ outputs: RunOutputs, profile: String? = nil
  ) throws -> Session {
    try Session(
      communicator, output: output, start: start.start, outputs: outputs, profile: profile,
      ignoresLimits: start.limits.ignoreLimits, progress: .standardError)
  }

  /// What the command works on.
  func inputs(_ options: Inputs.Options = Inputs.Options(), in session: Session) throws -> Inputs {
    try Inputs(job: .file(job), dataPath: data, options, in: session)
  }
}

/// What becomes of an earlier run's outputs.
struct StartOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Go on where an earlier run of the same job and data in the output folder stopped, on any number of ranks.",
      discussion: "A run that SIGTERM, SIGUSR1 or SIGINT stops keeps what it has and ends with status 75."))
  var resume = false

  @Flag(help: "Remove the outputs of an earlier run in the output folder first.")
  var overwrite = false

  @OptionGroup var limits: LimitOptions

  func validate() throws {
    if resume && overwrite { throw ValidationError("give --resume or --overwrite, not both") }
  }

  var start: RunStart { resume ? .resume : overwrite ? .overwrite : .fresh }
}

/// As `withWorld`, for commands that keep what they have when a signal asks them to stop.
func withStops(_ body: (any Communicator) throws -> Void) throws {
  StopRequest.listen()
  try withWorld(body)
}

/// What becomes of a run that will not fit.
struct LimitOptions: ParsableArguments {
  @Flag(help: "Try a run that will not fit the memory or the disk, which is refused otherwise.")
  var ignoreLimits = false
}

/// A timeline of the run.
struct ProfileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write what every rank did when, for chrome://tracing or Perfetto. Changes no results.",
      valueName: "file.json"))
  var profile: String?
}

/// What searches found, for a fine-tuning.
struct SearchedOptions: ParsableArguments {
  @Option(help: "The table of labels for the method hard: labels.h5 or labels.yaml.")
  var labels: String?

  @Option(help: "Settings of single methods, instead of the job's: the search.yaml of lcft search.")
  var settings: String?
}

/// The choice of methods on the command line.
struct MethodOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Methods to run instead of the job's, separated by commas: \(MethodOptions.known).", valueName: "list"),
    transform: MethodOptions.parse)
  var methods: [Method]?

  /// The names of all methods.
  static let known = Method.allCases.map(\.rawValue).joined(separator: ", ")

  static func method(_ name: String) throws -> Method {
    guard let method = Method(rawValue: name) else {
      throw ValidationError("unknown method \(name); known: \(known)")
    }
    return method
  }

  private static func parse(_ list: String) throws -> [Method] {
    var methods: [Method] = []
    for name in list.split(separator: ",") {
      let method = try method(String(name))
      if !methods.contains(method) { methods.append(method) }
    }
    guard !methods.isEmpty else { throw ValidationError("name at least one method") }
    return methods
  }
}

/// Which users' models are kept.
struct SaveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep fine-tuned models in models.h5 (with a file per rank beside it): all, sample:N or users:FILE (a "
        + "user's id a line). lcft apply scores with them.",
      valueName: "users"),
    transform: SaveOptions.parse)
  var saveModels: ModelSelection?

  private static func parse(_ text: String) throws -> ModelSelection {
    guard let selection = ModelSelection(text) else {
      throw ValidationError("--save-models takes all, sample:N or users:FILE, not \(text)")
    }
    return selection
  }
}
