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
        lcft predict --checkpoint runs/din/checkpoint-epoch-2.h5 \\
          --data electronics.h5 --models runs/din/models.h5 --pairs users.csv \\
          --all-items --top 10 --output top.h5
      Pairs are separated values or JSON lines, plain or .gz, or HDF5. A pair has a user, an item and, \
      optionally, a time and the features of samples; columns are found by their names. The catalogue beside the \
      checkpoint says which users, items and values the model knows. Others take the row of unknown ones, or \
      count as missing where there is none, and are counted. Histories come from --data: as they are at the \
      pair's time or, without a time, after the user's last event. Without --data they are empty.

      The scores are those of the cloud model or, with --models, of the users' saved models. With --data and \
      --methods local,soft1 the users are fine-tuned first. The checkpoint may also be a group's model; \
      --methods grouped takes the model of each user's group. The output is CSV or HDF5, as its ending says, \
      with the columns user, item, time, method, rank, logit, probability.
      """)

  @Option(help: "The cloud model, or the folder of its run, or the model of a group.", completion: .file())
  var checkpoint: String

  @Option(
    help: "The pairs: user, item[, time][, features]; CSV, JSON lines, .gz or HDF5.", completion: .file())
  var pairs: String

  @Option(help: "The file to write: .csv or .h5.", completion: .file(extensions: ["csv", "h5"]))
  var output: String

  @Option(
    help: "The data set that the model was trained on, for histories and for fine-tuning.", completion: .hdf5)
  var data: String?

  @Option(
    help: "Users' models, written by a run with --save-models or by lcft fine-tune-user.", completion: .hdf5)
  var models: String?

  @OptionGroup var ranking: RankingOptions

  @Flag(help: "Score each row's user with all items of the catalogue, and ignore the items in the rows.")
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
  @Option(
    help: ArgumentHelp("Rank each user's candidates and keep this many of the best.", valueName: "count"))
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
    help: "The unit of times: s, ms, us, ns or iso8601 (default: the log's, or guessed from the first time).")
  var timeUnit: TimeUnit?

  @Option(help: "What to do with a malformed line: fail, or skip and count it.")
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

  @Option(help: "A job whose fine-tuning settings replace the checkpoint's.", completion: .yaml)
  var job: String?

  @OptionGroup var replacing: ReplacingOptions

  @Flag(help: "Check everything, print what would be read, done and written, and touch nothing.")
  var dryRun = false
}
