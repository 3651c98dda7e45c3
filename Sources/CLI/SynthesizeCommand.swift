import ArgumentParser
import IO
import Studies
import Support

struct SynthesizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "synthesize",
    abstract: "Make a data set from a synthetic world whose click probabilities are known.",
    usage: "lcft synthesize --output <output> [<options>]",
    discussion: """
      Example:
        lcft synthesize --users 200000 --items 20000 --seed 1 --output world.h5
      Users have tastes over latent factors and, unless --no-drift is given, base click rates of \
      their own: with drift their local CTRs lie far from the global CTR. --drift and --no-drift \
      worlds of one seed show the same items to the same users. The samples' true probabilities are \
      stored beside them. A world of exposures and actions, for models that read both sequences, with \
      more than 256 training samples per user:
        lcft synthesize --actions --users 2000 --mean-history 100 \\
          --mean-training 400 --mean-test 100 --output exposures.h5
      With --features users, items, samples and events have features of every kind, with missing and \
      rare values; clicks depend on them, and lcft describe prints the best possible user AUC with \
      and without them.
      """)

  @Option(help: "The number of users.")
  var users = 2000

  @Option(help: "The number of items.")
  var items = 1000

  @Option(help: "The number of categories (default: 40, or as many as there are items).")
  var categories: Int?

  @Option(help: "The seed of the world; the same seed gives the same data set.")
  var seed: UInt64 = 1

  @Flag(inversion: .prefixedNo, help: "Whether users differ in their base click rate.")
  var drift = true

  @Option(help: "With drift: the standard deviation of the users' base logits (default: 1).")
  var driftSpread: Double?

  @Flag(
    help: "Make every exposure an event with its action (click, cart, favourite, buy), not clicks alone.")
  var actions = false

  @Flag(help: "Give users, items, samples and events features on which the clicks depend.")
  var features = false

  @Option(
    help: "With features: the spread of what users' features add to the logit of a click (default: 0.7).")
  var userFeatureSpread: Double?

  @Option(help: "The same for items' features.")
  var itemFeatureSpread: Double?

  @Option(help: "The same for samples' features.")
  var contextFeatureSpread: Double?

  @Option(help: "The mean click probability of what is shown (default: 0.17, with --actions 0.04).")
  var clickRate: Double?

  @Option(help: "Exposures per user before the training period, on average; their clicks are history.")
  var meanHistory = 60.0

  @Option(help: "Training samples per user, on average.")
  var meanTraining = 45.0

  @Option(help: "Test samples per user, on average.")
  var meanTest = 15.0

  @Option(help: "The data set to write (HDF5).", completion: .hdf5)
  var output: String

  @Option(
    help: "The folder whose disk holds temporary files (default: the output's).", completion: .directory)
  var temporary: String?

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var preview: DryRunOptions

  func validate() throws {
    for (name, value) in [
      ("--user-feature-spread", userFeatureSpread), ("--item-feature-spread", itemFeatureSpread),
      ("--context-feature-spread", contextFeatureSpread),
    ] where value != nil && !features {
      throw ValidationError("\(name) is for worlds with features: give --features, too")
    }
    if driftSpread != nil && !drift {
      throw ValidationError("--drift-spread is for worlds with drift: leave --no-drift out")
    }
  }

  /// Users beyond `memory` lie in temporary files.
  private func preview(of settings: SyntheticWorld.Options) -> DatasetPreview {
    let rows = Double(users) * (meanHistory + meanTraining + meanTest)
    let bytes = Int(rows * (features ? 90 : 30))
    let spilled = bytes > SynthesizeCommand.memory ? bytes : 0
    return DatasetPreview(
      reads: ["nothing"],
      work: [
        "make \(counted(users, "user")) and \(counted(items, "item")) with about \(Int(rows)) exposures"
      ],
      memory: 42_000_000 + min(bytes, SynthesizeCommand.memory) + 300 * items,
      disk: Int(rows * (features ? 20 : 7)) + spilled)
  }

  /// Bytes of users in memory at a time.
  private static let memory = 64 << 20

  func run() throws {
    var settings = SyntheticWorld.Options(
      users: users, items: items, categories: categories ?? max(1, min(40, items)), seed: seed, drift: drift)
    if let driftSpread { settings.driftSpread = driftSpread }
    settings.actions = actions
    settings.features = features
    if let userFeatureSpread { settings.userFeatureSpread = userFeatureSpread }
    if let itemFeatureSpread { settings.itemFeatureSpread = itemFeatureSpread }
    if let contextFeatureSpread { settings.contextFeatureSpread = contextFeatureSpread }
    settings.clickRate = clickRate ?? (actions ? 0.04 : settings.clickRate)
    settings.meanHistory = meanHistory
    settings.meanTraining = meanTraining
    settings.meanTest = meanTest
    let world = try SyntheticWorld(settings)
    let output = OutputFile(output, overwrites: replacing.overwrite)
    try output.check()
    if preview.dryRun { return try preview(of: settings).tell(of: output) }
    // What grows with the users lies in files: what stays in memory are the items.
    let folder = temporary ?? FileStatus.folder(of: output.path)
    try AtomicFile.spill(to: folder, working: SynthesizeCommand.memory).within {
      try writeDataset(to: output) { try world.dataset(progress: $0) }
    }
  }
}
