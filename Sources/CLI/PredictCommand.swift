import ArgumentParser
import Dist
import Import
import Serving

struct PredictCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Score any pairs of users and items, or rank each user's candidates.",
    usage: """
      lcft predict --checkpoint <checkpoint> --pairs <pairs>
             --output <output> [<options>]
      """,
    discussion: """
      Examples:
        mpirun -n 2 lcft predict --checkpoint runs/din/checkpoint-epoch-2.h5 \\
          --data electronics.h5 --pairs pairs.csv --output scores.csv
        lcft predict --checkpoint runs/din/checkpoint-epoch-2.h5 --data electronics.h5 \\
          --models runs/din/models.h5 --pairs users.csv --all-items --top 10 \\
          --output top.h5
      Pairs are separated values or JSON lines, plain or .gz, or HDF5: a user, an item and, if there, a time and the \
      features of samples, by their names. The catalogue beside the checkpoint says what they are; what it does not \
      know takes the row of unknown ones and is counted. Histories are those of --data at the pair's time, or after \
      the user's last event; without --data they are empty.

      The cloud model scores, or with --models users' saved models; with --data and --methods local,soft1 users are \
      fine-tuned first. A group's model is a checkpoint, too; --methods grouped takes each user's group's. \
      The output is CSV or HDF5 by its ending: user, item, time, method, rank, logit, probability.
      """)

  @Option(help: "The cloud model, or the folder of its run, or the model of a group.", completion: .file())
  var checkpoint: String

  @Option(
    help: "The pairs: user, item[, time][, features]; CSV, JSON lines, .gz or HDF5.", completion: .file())
  var pairs: String

  @Option(help: "The file to write: .csv or .h5.", completion: .file(extensions: ["csv", "h5"]))
  var output: String

  @Option(
    help: "The data set that the model was trained on, for histories and to fine-tune.", completion: .hdf5)
  var data: String?

  @Option(
    help: "Users' models that a run with --save-models, or lcft fine-tune-user, wrote.", completion: .hdf5)
  var models: String?

  @OptionGroup var ranking: RankingOptions

  @Flag(help: "Score every row's user with all items of the catalogue, whatever items the rows have.")
  var allItems = false

  @OptionGroup var columns: ServedColumnOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var served: ServedOptions
  @OptionGroup var searched: SearchedOptions

  func run() throws {
    try withStops { communicator in
      var options = Predict.Options(checkpoint: checkpoint, pairs: pairs, output: output)
      options.columns = columns.columns
      options.allItems = allItems
      options.top = ranking.top
      options.methods = methods.methods
      options.catalogue = served.catalogue
      options.data = data
      options.models = models
      options.job = served.job
      options.labels = searched.labels
      options.choice = searched.choice
      options.settings = searched.settings
      options.overwrites = served.replacing.overwrite
      let command = try Predict(options, communicator)
      guard !served.dryRun else {
        if communicator.rank == 0 { print(command.preview()) }
        return
      }
      for line in try command.run() { print(line) }
    }
  }
}

/// What is kept of scores.
struct RankingOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Rank each user's candidates and keep the best so many.", valueName: "count"))
  var top: Int?

  func validate() throws {
    if let top, !(1...Int(Int32.max)).contains(top) {
      throw ValidationError("--top takes a number from 1 on")
    }
  }
}

/// What the columns of pairs and samples are.
struct ServedColumnOptions: ParsableArguments {
  @Option(help: "The column of the user.")
  var userColumn: String?

  @Option(help: "The column of the item.")
  var itemColumn: String?

  @Option(help: "The column of the time.")
  var timestampColumn: String?

  @Option(
    help: "The unit of times: s, ms, us, ns or iso8601 (default: as in the log, or told by the first one).")
  var timeUnit: TimeUnit?

  @Option(help: "What to do with a malformed line: fail, or skip it and count.")
  var onError: MalformedLines = .fail

  var columns: KnownTable.Columns {
    var columns = KnownTable.Columns()
    columns.user.name = userColumn
    columns.item.name = itemColumn
    columns.time.name = timestampColumn
    columns.timeUnit = timeUnit
    columns.malformed = onError
    return columns
  }
}

/// What serves a model beside its checkpoint.
struct ServedOptions: ParsableArguments {
  @Option(help: "The catalogue (default: the one beside the checkpoint).", completion: .hdf5)
  var catalogue: String?

  @Option(help: "A job with other settings of the fine-tuning than the checkpoint's.", completion: .yaml)
  var job: String?

  @OptionGroup var replacing: ReplacingOptions

  @Flag(help: "Check everything, tell what would be read, done and written, and touch nothing.")
  var dryRun = false
}
