import IO
import Support

/// MovieLens ratings: ratings.csv, movies.csv and genome-scores.csv as in the 20M, 25M and "latest" sets
/// (a header in any order; Kaggle's copies, with dates for times, too), ratings.dat and movies.dat as in the 1M
/// and 10M sets (`::` between the fields, no header), or u.data and u.item as in the 100K set (tabs, and a
/// column of 0 and 1 per genre); each also as .gz. Which form a file has is told by its first line.
///
/// A short form over the shipped schemas of these sets.
package enum MovieLensImport {
  package struct Options: Sendable {
    package var ratings: String
    package var movies: String?
    package var genomeScores: String?
    /// The file of users that lies beside the ratings, which only `import table` reads.
    package private(set) var users: String?
    package var split: SplitRule
    package var seed: UInt64
    /// The lowest rating whose label is 1; `RatingReader.defaultThreshold` if nil.
    package var threshold: Double?
    package var malformed: MalformedLines
    package var rows = RowRules()

    package init(
      ratings: String, movies: String? = nil, genomeScores: String? = nil, split: SplitRule, seed: UInt64,
      threshold: Double? = nil, malformed: MalformedLines = .fail
    ) {
      self.ratings = ratings
      self.movies = movies
      self.genomeScores = genomeScores
      self.split = split
      self.seed = seed
      self.threshold = threshold
      self.malformed = malformed
    }

    /// The files of an unpacked MovieLens directory: ratings have to be there, movies and the genome may.
    package init(directory: String, split: SplitRule, seed: UInt64) throws(ImportError) {
      func first(_ names: String...) -> String? {
        for name in names.flatMap({ [$0, $0 + ".gz"] }) {
          let path = FileStatus.path(of: name, in: directory)
          if FileBytes.exists(path) { return path }
        }
        return nil
      }
      guard let ratings = first("ratings.csv", "ratings.dat", "rating.csv", "u.data") else {
        throw .noRatings(directory: directory)
      }
      self.init(
        ratings: ratings, movies: first("movies.csv", "movies.dat", "movie.csv", "u.item"),
        genomeScores: first("genome-scores.csv", "genome_scores.csv"), split: split, seed: seed)
      users = first("users.dat", "u.user")
    }
  }

  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    if let users = options.users {
      let schema = users.contains("u.user") ? "movielens-100k" : "movielens-1m"
      progress(
        .note(
          "\(users) is not read: for the users' features give lcft import table the schema \(schema).yaml"))
    }
    return try TableImport.run(schema(options), progress: progress)
  }

  private static let ratingColumns = [
    ["userId", "user_id"], ["movieId", "movie_id", "item_id"], ["rating"], ["timestamp"],
  ]
  private static let movieColumns = [["movieId", "movie_id", "item_id"], ["title"], ["genres"]]

  /// The schema that the options and the first lines of the files say.
  package static func schema(_ options: Options) throws(ImportError) -> Schema {
    var schema = try ratings(options.ratings)
    schema.split = .init(options.split)
    schema.seed = options.seed
    schema.malformed = options.malformed
    if case .threshold(let columns, _, _, let allowed) = schema.label {
      // The schema's threshold is the default one.
      schema.label = .threshold(
        columns: columns, atLeast: options.threshold, notRated: [], allowed: allowed)
    }
    var advice = ImportAdvice(labels: "give another --threshold")
    advice.leftOut = "correct the file"
    advice.categories = "leave --movies out"
    schema.words = .init(
      threshold: "--threshold", notRated: "label.not_rated of a schema (lcft import table)", timeUnit: nil,
      advice: advice)
    options.rows.apply(to: &schema)
    schema.items = try options.movies.map(movies)
    if schema.items == nil {
      schema.items = Schema.Entities(file: nil, key: schema.log.item)
      schema.setItems(nil)
    }
    if let file = options.genomeScores {
      let named = Schema.shortForm("movielens-20m", kind: "movielens").items?.features.last
      guard let named, case .vector(.long(var table)) = named.kind else { return schema }
      table.file = file
      schema.items?.features.append(FeatureRule(named.name, named.source, .vector(.long(table))))
    }
    return schema
  }

  private static func ratings(_ file: String) throws(ImportError) -> Schema {
    try FileBytes.checkIsKept(file)
    let lines = try SourceLines(path: file, malformed: .skip) { _ in }
    if try lines.firstLine(contains: "::") {
      var schema = Schema.shortForm("movielens-1m", kind: "movielens")
      (schema.log.files, schema.log.time.unit) = ([file], nil)
      return schema
    }
    let columns = try FileColumns(file, orInOrder: ratingColumns)
    var schema = Schema.shortForm(
      columns.form.columns == nil ? "movielens-20m" : "movielens-100k", kind: "movielens")
    schema.log.files = [file]
    schema.log.form.delimiter = nil
    schema.log.form.columns = columns.form.columns
    schema.log.guesses = columns.guesses
    schema.log.user = try columns.required(ratingColumns[0])
    schema.log.item = try columns.required(ratingColumns[1])
    _ = try columns.required(ratingColumns[2])
    schema.log.time = Schema.Time(column: try columns.required(ratingColumns[3]))
    return schema
  }

  private static func movies(_ file: String) throws(ImportError) -> Schema.Entities {
    try FileBytes.checkIsKept(file)
    let lines = try SourceLines(path: file, malformed: .skip) { _ in }
    var bars = CSVFields(delimiter: UInt8(ascii: "|"))
    bars.quotes = false
    let flagged = Schema.shortForm("movielens-100k", kind: "movielens")
    var schema: Schema
    if try lines.firstLine(contains: "::") {
      schema = Schema.shortForm("movielens-1m", kind: "movielens")
    } else if try CSVHeader.peek(lines, &bars).names.count == flagged.items?.form.columns?.count {
      schema = flagged
    } else {
      schema = Schema.shortForm("movielens-20m", kind: "movielens")
      let columns = try FileColumns(file, orInOrder: movieColumns)
      schema.items?.form.columns = columns.form.columns
      schema.items?.key = try columns.required(movieColumns[0])
      schema.readCategory(from: .column(try columns.required(movieColumns[2])))
      schema.items?.features.removeAll { $0.name == Features.genome }
    }
    schema.items?.file = file
    guard let items = schema.items else { preconditionFailure("the schemas of MovieLens have items") }
    return items
  }
}
