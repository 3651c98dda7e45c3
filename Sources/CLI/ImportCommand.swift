import ArgumentParser
import Import

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Turn raw files of any log of ratings, reviews or clicks into a data set.",
    subcommands: [Table.self, RecBole.self, MovieLens.self, Amazon.self, Taobao.self, CSV.self])
}

extension ImportCommand {
  struct MovieLens: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "movielens",
      abstract:
        "MovieLens: ratings.csv and movies.csv (20M, latest), the .dat files (1M, 10M) or u.data and u.item (100K).",
      usage: "lcft import movielens --directory <dir> --output <output> [<options>]",
      discussion: """
        Example:
          lcft import movielens --directory ml-20m --output ml-20m.h5
        The label is 1 for ratings of 4 and more. The default split is the paper's, timestamp <= \
        1225642324. Small sets have few users with ratings on both sides of it; give --split-fraction \
        0.8 for them. This is a short form of lcft import table with the schemas movielens-20m, \
        movielens-1m and movielens-100k, which also have the features of users.
        """)

    @Option(
      help: "A folder with the ratings, the movies and, optionally, genome-scores.csv; plain or .gz.",
      completion: .directory)
    var directory: String?

    @Option(help: "The ratings file, instead of --directory.", completion: .text)
    var ratings: String?

    @Option(help: "The movies file, for genres.", completion: .text)
    var movies: String?

    @Option(help: "genome-scores.csv, for the tag genome.", completion: .text)
    var genome: String?

    @Flag(help: "Leave out the tag genome that --directory holds.")
    var withoutGenome = false

    @Option(help: "The lowest rating whose label is 1 (default: 4).")
    var threshold: Double?

    @OptionGroup var options: ImportOptions

    func validate() throws {
      if (directory == nil) == (ratings == nil) { throw ValidationError("give --directory or --ratings") }
    }

    func run() throws {
      let split = options.split ?? .timestamp(1_225_642_324)
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
      settings.rows = options.rows
      try importDataset(
        to: options, from: [settings.ratings, settings.movies, settings.genomeScores],
        by: MovieLensImport.schema(settings)
      ) {
        try MovieLensImport.run(settings, progress: $0)
      }
    }
  }

  struct Amazon: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "amazon",
      abstract: "Amazon reviews, one JSON object per line, with optional product metadata; plain or .gz.",
      usage: "lcft import amazon --reviews <reviews> --output <output> [<options>]",
      discussion: """
        Example:
          lcft import amazon --reviews reviews_Electronics_5.json.gz \\
            --metadata meta_Electronics.json.gz --output electronics.h5
        The editions of 2014, 2018 and 2023 are recognised by their fields. A review is a positive; \
        negatives are sampled from the products that the user has not reviewed. The default split is \
        the paper's, timestamp <= 1385078400. This is a short form of lcft import table with the \
        schemas amazon-2014, amazon-2018 and amazon-2023, which also have brands, stores, prices and \
        stars.
        """)

    @Option(
      help: "The reviews: reviewerID, asin, unixReviewTime, or user_id, parent_asin, timestamp.",
      completion: .text)
    var reviews: String

    @Option(
      help: "The metadata with the products' categories, strict JSON or Python literals.", completion: .text)
    var metadata: String?

    @Option(help: "How many categories to keep per product: the last ones of its list.")
    var maximumCategories = 6

    @Flag(help: "Keep the bullet points that follow the path in the 2018 edition's category.")
    var keepBullets = false

    @OptionGroup var negatives: NegativeOptions
    @OptionGroup var options: ImportOptions

    func run() throws {
      var settings = AmazonImport.Options(
        reviews: reviews, metadata: metadata, split: options.split ?? .timestamp(1_385_078_400),
        seed: options.seed, maximumCategories: maximumCategories, keepsBullets: keepBullets,
        negatives: negatives.sampling, keepFirst: negatives.keepFirst, malformed: options.onError)
      settings.rows = options.rows
      try importDataset(to: options, from: [reviews, metadata], by: AmazonImport.schema(settings)) {
        try AmazonImport.run(settings, progress: $0)
      }
    }
  }
}
