import ArgumentParser
import IO
import Import

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn raw rating, review or click files into a data set.",
    subcommands: [MovieLens.self, Amazon.self, Taobao.self, CSV.self])
}

extension ImportCommand {
  struct MovieLens: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "movielens",
      abstract:
        "MovieLens: ratings.csv and movies.csv (20M, latest) or ratings.dat and movies.dat (1M, 10M).",
      discussion: """
        Example:
          lcft import movielens --directory ml-20m --output ml-20m.h5
        The label is 1 for ratings of 4 and more. The default split is the paper's, timestamp <= 1225642324;
        in small sets few users have ratings on both sides of it: give --split-fraction 0.8 there.
        """)

    @Option(help: "A folder with ratings, movies and, if there, genome-scores.csv; plain or .gz.")
    var directory: String?

    @Option(help: "The ratings file, instead of --directory.")
    var ratings: String?

    @Option(help: "The movies file, for genres.")
    var movies: String?

    @Option(help: "genome-scores.csv, for the tag genome.")
    var genome: String?

    @Flag(help: "Leave out the tag genome that --directory holds.")
    var withoutGenome = false

    @Option(help: "The lowest rating whose label is 1.")
    var threshold = 4.0

    @OptionGroup var options: ImportOptions

    func validate() throws {
      if (directory == nil) == (ratings == nil) { throw ValidationError("give --directory or --ratings") }
    }

    func run() throws {
      let split = try options.split() ?? .timestamp(1_225_642_324)
      var settings =
        if let directory {
          try MovieLensImport.Options(directory: directory, split: split, seed: options.seed)
        } else {
          MovieLensImport.Options(ratings: ratings ?? "", split: split, seed: options.seed)
        }
      if let movies { settings.movies = movies }
      if let genome { settings.genomeScores = genome }
      if withoutGenome { settings.genomeScores = nil }
      settings.threshold = threshold
      settings.malformed = options.onError
      try writeDataset(to: options.output) { try MovieLensImport.run(settings, progress: $0) }
    }
  }

  struct Amazon: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "amazon",
      abstract: "Amazon reviews, one JSON object a line, with optional product metadata; plain or .gz.",
      discussion: """
        Example:
          lcft import amazon --reviews reviews_Electronics_5.json.gz \\
            --metadata meta_Electronics.json.gz --output electronics.h5
        A review is a positive; negatives are sampled products. The default split is the paper's,
        timestamp <= 1385078400.
        """)

    @Option(help: "The reviews: reviewerID, asin, unixReviewTime, overall.")
    var reviews: String

    @Option(help: "The metadata with the products' categories, strict JSON or Python literals.")
    var metadata: String?

    @Option(help: "Categories kept per product, the last of its list.")
    var maximumCategories = 6

    @OptionGroup var negatives: NegativeOptions
    @OptionGroup var options: ImportOptions

    func run() throws {
      let settings = AmazonImport.Options(
        reviews: reviews, metadata: metadata, split: try options.split() ?? .timestamp(1_385_078_400),
        seed: options.seed, maximumCategories: maximumCategories, negatives: negatives.negatives,
        keepFirst: negatives.keepFirst, malformed: options.onError)
      try writeDataset(to: options.output) { try AmazonImport.run(settings, progress: $0) }
    }
  }

  struct CSV: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "csv",
      abstract: "Interactions with the columns user, item, timestamp and, if there, rating or label.",
      discussion: """
        Example:
          lcft import csv --interactions interactions.csv.gz --items items.csv \\
            --split-fraction 0.8 --output clicks.h5
        With label (0 or 1) the rows are exposures and clicks, and nothing is sampled; with rating the label
        is 1 from --threshold on; with neither, rows are positives and negatives are sampled items.
        """)

    @Option(help: "The interactions: a header with user, item, timestamp[, rating or label]; plain or .gz.")
    var interactions: String

    @Option(help: "The items: a header with item, category[, categories separated by |]; plain or .gz.")
    var items: String?

    @Option(help: "With ratings: the lowest one whose label is 1.")
    var threshold = 4.0

    @Option(help: "Categories kept per item, the last of its list.")
    var maximumCategories = 6

    @Option(help: "Only users with more training samples than this have samples; all users if not given.")
    var minimumTrainingSamples: Int?

    @OptionGroup var negatives: NegativeOptions
    @OptionGroup var options: ImportOptions

    func run() throws {
      let settings = CSVImport.Options(
        interactions: interactions, items: items, split: try options.split() ?? .fraction(0.8),
        seed: options.seed, threshold: threshold, maximumCategories: maximumCategories,
        negatives: negatives.negatives, keepFirst: negatives.keepFirst,
        minimumTrainingSamples: minimumTrainingSamples, malformed: options.onError)
      try writeDataset(to: options.output) { try CSVImport.run(settings, progress: $0) }
    }
  }
}
