import ArgumentParser
import IO
import Serving

struct FineTuneUserCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fine-tune-user",
    abstract: "Fine-tune the cloud model for one user on the user's new samples, as a device does.",
    usage: """
      lcft fine-tune-user --checkpoint <checkpoint> --user <user>
             --samples <samples> --output <output> [<options>]
      """,
    discussion: """
      Example:
        lcft fine-tune-user --checkpoint checkpoint-epoch-2.h5 --labels labels.yaml \\
          --user A2SUAM1J3GNN3B --samples new.csv --output own.h5 \\
          --score candidates.csv --scores scores.csv
      Needs the checkpoint, the catalogue.h5 beside it and, for the method hard, the table of labels. It does \
      not need the data set. A sample has an item, a time, a label and the features of samples. Each sample is \
      also an event of the user's history, with the features of events that have a column; --history adds \
      earlier events. A new user begins as an unknown one. lcft predict --models and lcft apply can read the \
      models.
      """)

  @Option(help: "The cloud model, or the folder of its run.", completion: .file())
  var checkpoint: String

  @Option(help: "The user's identifier.")
  var user: String

  @Option(
    help: "The samples: item, time, label[, features][, drawn]; CSV, JSON lines, .gz or HDF5.",
    completion: .file())
  var samples: String

  @Option(help: "The file of the user's models to write (HDF5).", completion: .hdf5)
  var output: String

  @Option(
    help: "The user's earlier events: item, time[, label][, features of events]; label 1 if not given.",
    completion: .file())
  var history: String?

  @Flag(help: "Take the history from --history alone; the samples are not part of it.")
  var onlyHistory = false

  @Option(help: "Candidates to score: item[, time][, features].", completion: .file())
  var score: String?

  @Option(help: "The file for the scores: .csv or .h5.", completion: .file(extensions: ["csv", "h5"]))
  var scores: String?

  @OptionGroup var ranking: RankingOptions

  @Option(help: ArgumentHelp("The user's local CTR, instead of that of the samples.", valueName: "share"))
  var localCtr: Double?

  @Option(
    help: ArgumentHelp(
      "Which events of its own second a sample knows: those before it, or none (default: as in the data set).",
      valueName: "before|exclude"))
  var sameTime: SameTime?

  @Option(help: "The column of the label: 1 and 0, true and false, yes and no.")
  var labelColumn: String?

  @OptionGroup var columns: ServedColumnOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var served: ServedOptions
  @OptionGroup var searched: SearchedOptions

  func validate() throws {
    if (score == nil) != (scores == nil) { throw ValidationError("give --score and --scores, or neither") }
    if onlyHistory, history == nil { throw ValidationError("--only-history needs --history") }
    if score == nil, ranking.top != nil { throw ValidationError("--top ranks the candidates of --score") }
    if let localCtr, !(0...1).contains(localCtr) {
      throw ValidationError("--local-ctr takes a share from 0 to 1")
    }
  }

  func run() throws {
    var options = FineTuneUser.Options(
      checkpoint: checkpoint, user: user, samples: samples, output: output)
    options.history = history
    options.onlyHistory = onlyHistory
    options.score = score
    options.scores = scores
    options.top = ranking.top
    options.columns = columns.columns
    options.columns.label.name = labelColumn
    options.methods = methods.methods
    options.catalogue = served.catalogue
    options.job = served.job
    options.labels = searched.labels
    options.choice = searched.choice
    options.settings = searched.settings
    options.localCTR = localCtr
    options.sameTime = sameTime
    options.overwrites = served.replacing.overwrite
    let command = try FineTuneUser(options)
    guard !served.dryRun else { return print(command.preview()) }
    for line in try command.run() { print(line) }
  }
}

extension SameTime: ExpressibleByArgument {}
