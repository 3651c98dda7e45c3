import ArgumentParser
import Import

extension ImportCommand {
  struct CSV: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "csv",
      abstract: "A table of interactions: user, item, timestamp and, optionally, rating or label.",
      usage: "lcft import csv --interactions <file> --output <output> [<options>]",
      discussion: """
        Example:
          lcft import csv --interactions interactions.csv.gz --items items.csv \\
            --split-fraction 0.8 --output clicks.h5
        With a column label (0 or 1), rows are exposures and clicks, and nothing is sampled. With a \
        column rating, the label is 1 from --threshold on. With neither, rows are positives, and \
        negatives are sampled items. The separator, the unit of times, a missing header and usual \
        names of columns (user_id, movieId, ts, ...) are guessed; the account at the end says what \
        was guessed. The options below replace the guesses:
          lcft import csv --interactions plays.csv --item-column video_id \\
            --rating-column watch_ratio --threshold 2 --output plays.h5
        """)

    @Option(
      help: "The interactions: user, item, timestamp[, rating or label]; plain or .gz.", completion: .text)
    var interactions: String

    @Option(
      help: "The items: a header with item, category[, categories separated by |]; plain or .gz.",
      completion: .text)
    var items: String?

    @OptionGroup var table: TableOptions

    @Option(help: "With ratings: the lowest one whose label is 1 (default: 4).")
    var threshold: Double?

    @Option(help: "How many categories to keep per item: the last ones of its list.")
    var maximumCategories = 6

    @Option(help: "Only users with more training samples than this have samples; all users if not given.")
    var minimumTrainingSamples: Int?

    @OptionGroup var negatives: NegativeOptions
    @OptionGroup var options: ImportOptions

    func run() throws {
      var settings = CSVImport.Options(
        interactions: interactions, items: items, split: options.split ?? .fraction(0.8),
        seed: options.seed, threshold: threshold, maximumCategories: maximumCategories,
        negatives: negatives.sampling, keepFirst: negatives.keepFirst,
        minimumTrainingSamples: minimumTrainingSamples, malformed: options.onError)
      settings.rows = options.rows
      settings.columns = table.names
      settings.delimiter = table.delimiter
      settings.timeUnit = table.timeUnit
      settings.notRated = table.notRated ?? []
      try importDataset(to: options, from: [interactions, items], by: CSVImport.schema(settings)) {
        try CSVImport.run(settings, progress: $0)
      }
    }
  }
}

/// What the labels of a table's rows are made of.
struct LabelOptions: ParsableArguments {
  @Option(help: "The column of the label: 1 and 0, true and false, yes and no.")
  var labelColumn: String?

  @Option(help: "The column of a rating or another number, from which --threshold makes labels.")
  var ratingColumn: String?

  @Flag(help: "Every row is a positive, and negatives are sampled, whatever the columns say.")
  var allPositive = false

  var names: LogColumns.Names {
    var names = LogColumns.Names()
    (names.label, names.rating, names.allPositive) = (labelColumn, ratingColumn, allPositive)
    return names
  }

  func validate() throws {
    let ways = [labelColumn != nil, ratingColumn != nil, allPositive].count { $0 }
    if ways > 1 {
      throw ValidationError("give one of --label-column, --rating-column and --all-positive")
    }
  }
}

/// What the columns of a table are.
struct TableOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What separates fields (default: guessed from the first line).", valueName: "comma|tab|..."),
    transform: TableOptions.delimiter)
  var delimiter: UInt8?

  @Option(
    help: ArgumentHelp("The columns of a file without a header, in order.", valueName: "name,name,..."),
    transform: { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) })
  var columns: [String]?

  @Option(help: "The column of the user.")
  var userColumn: String?

  @Option(help: "The column of the item, also in --items.")
  var itemColumn: String?

  @Option(help: "The column of the time.")
  var timestampColumn: String?

  @OptionGroup var labels: LabelOptions

  @Option(help: "The unit of times: s, ms, us, ns or iso8601 (default: guessed from the first time).")
  var timeUnit: TimeUnit?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Ratings that mean \"not rated\": such rows are left out.", valueName: "-1,0"),
    transform: TableOptions.numbers)
  var notRated: [Double]?

  var names: LogColumns.Names {
    var names = labels.names
    names.user = userColumn
    names.item = itemColumn
    names.time = timestampColumn
    names.all = columns
    return names
  }

  private static func delimiter(_ text: String) throws -> UInt8 {
    switch text {
    case "comma": return UInt8(ascii: ",")
    case "tab", "\\t": return UInt8(ascii: "\t")
    case "semicolon": return UInt8(ascii: ";")
    case "bar", "pipe": return UInt8(ascii: "|")
    case "space": return UInt8(ascii: " ")
    default: break
    }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte != UInt8(ascii: "\""),
      byte >= 0x20 || byte == 9
    else {
      throw ValidationError("a delimiter is comma, tab, semicolon, bar, space or one character, but no quote")
    }
    return byte
  }

  private static func numbers(_ text: String) throws -> [Double] {
    try text.split(separator: ",").map {
      guard let number = Double($0) else { throw ValidationError("\($0) is not a number") }
      return number
    }
  }
}

extension TimeUnit: ExpressibleByArgument {}
