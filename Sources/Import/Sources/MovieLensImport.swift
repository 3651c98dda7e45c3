import IO
import Support

/// MovieLens ratings: ratings.csv, movies.csv and genome-scores.csv as in the 20M, 25M and "latest" sets
/// (a header in any order; Kaggle's copies, with dates for times, too), ratings.dat and movies.dat as in the 1M
/// and 10M sets (`::` between the fields, no header), or u.data and u.item as in the 100K set (tabs, and a
/// column of 0 and 1 per genre); each also as .gz. Which form a file has is told by its first line.
///
/// Label = rating >= threshold. Every rating is an event and a sample; of two ratings at the same moment
/// the one earlier in the file comes first. Only rated movies are items. Titles are not kept, so that it
/// does not matter whether the file is UTF-8 or Latin-1.
package enum MovieLensImport {
  package struct Options: Sendable {
    package var ratings: String
    package var movies: String?
    package var genomeScores: String?
    package var split: SplitRule
    package var seed: UInt64
    /// The lowest rating whose label is 1; `RatingReader.defaultThreshold` if nil.
    package var threshold: Double?
    /// Genres kept per movie, the last of its list; no movie has as many as the default.
    package var maximumCategories: Int
    package var malformed: MalformedLines

    package init(
      ratings: String, movies: String? = nil, genomeScores: String? = nil, split: SplitRule, seed: UInt64,
      threshold: Double? = nil, maximumCategories: Int = 32, malformed: MalformedLines = .fail
    ) {
      self.ratings = ratings
      self.movies = movies
      self.genomeScores = genomeScores
      self.split = split
      self.seed = seed
      self.threshold = threshold
      self.maximumCategories = maximumCategories
      self.malformed = malformed
    }

    /// The files of an unpacked MovieLens directory: ratings have to be there, movies and the genome may.
    package init(directory: String, split: SplitRule, seed: UInt64) throws(ImportError) {
      func first(_ names: String...) -> String? {
        for name in names {
          let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
          if FileBytes.exists(path) { return path }
        }
        return nil
      }
      guard
        let ratings = first(
          "ratings.csv", "ratings.csv.gz", "ratings.dat", "ratings.dat.gz", "rating.csv", "rating.csv.gz",
          "u.data",
          "u.data.gz")
      else {
        throw .noRatings(directory: directory)
      }
      self.init(
        ratings: ratings,
        movies: first(
          "movies.csv", "movies.csv.gz", "movies.dat", "movies.dat.gz", "movie.csv", "movie.csv.gz", "u.item",
          "u.item.gz"),
        genomeScores: first(
          "genome-scores.csv", "genome-scores.csv.gz", "genome_scores.csv", "genome_scores.csv.gz"),
        split: split, seed: seed)
    }
  }

  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    try options.split.check()
    try CategoryTable.check(maximum: options.maximumCategories)
    var ratings = RatingReader(threshold: options.threshold, allowed: 0...5)
    try ratings.check()
    var account = ImportAccount()
    account.labelSource = ratings.text("rating")
    var provenance = Dataset.Provenance(
      kind: "movielens", splitRule: options.split.text, seed: options.seed, negativeSampling: "none",
      settings: ["on_error": options.malformed.rawValue, "labels": account.labelSource])

    var log = InteractionLog()
    try readRatings(options, into: &log, &ratings, &provenance, &account, progress)
    guard log.count > 0 else { throw .noInteractions(file: options.ratings) }
    var table = CategoryTable(items: log.items.count, maximum: options.maximumCategories)
    if let path = options.movies {
      try readMovies(path, options, log.items, &table, &provenance, &account, progress)
    }
    var genome: GenomeReader.Genome?
    if let path = options.genomeScores {
      genome = try GenomeReader(malformed: options.malformed).read(
        path, log.items, &provenance, &account, progress)
    }
    let builder = DatasetBuilder(rule: .ratings, split: options.split, seed: options.seed, progress: progress)
    let rows = try builder.build(&log, source: options.ratings)
    return Dataset(
      rows, items: log.items, table, genome: genome, provenance, account, hasItemsFile: options.movies != nil,
      ImportAdvice(labels: "give another --threshold"), progress)
  }

  private static func readRatings(
    _ options: Options, into log: inout InteractionLog, _ ratings: inout RatingReader,
    _ provenance: inout Dataset.Provenance, _ account: inout ImportAccount,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: options.ratings, malformed: options.malformed, progress: progress)
    var fields = MovieLensFields()
    let columns = try fields.open(
      lines, [["userId", "user_id"], ["movieId", "movie_id", "item_id"], ["rating"], ["timestamp"]])
    var times = TimeReader(field: "timestamp")
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line)
      guard let label = try ratings.label(fields[columns[2]], "rating") else { return }
      try log.append(
        user: fields[columns[0]], item: fields[columns[1]],
        timestamp: try times.seconds(fields[columns[3]]), outcome: label)
    }
    account.trimmedIds += log.trimmed
    account.warnings += ratings.warnings
    account.add(times, lines)
    account.add(lines, &provenance)
  }

  private static func readMovies(
    _ path: String, _ options: Options, _ items: borrowing IdentifierTable, _ table: inout CategoryTable,
    _ provenance: inout Dataset.Provenance, _ account: inout ImportAccount,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = MovieLensFields()
    let hasFlags = try fields.open(lines, fields: 5 + flaggedGenres.count, delimiter: UInt8(ascii: "|"))
    let columns =
      hasFlags
      ? [0, 1, 5]
      : try fields.open(lines, [["movieId", "movie_id", "item_id"], ["title"], ["genres"]])
    var names: [Bytes] = []
    var unrated = LineTally()
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line)
      let movie = fields[columns[0]].trimmed
      if movie.count == 0 { throw .emptyField("movieId") }
      guard let row = items.find(movie) else {
        unrated.add(at: lines.number)
        return
      }
      if table.has(row) { throw .repeated("movie \(movie.excerpt)") }
      names.removeAll(keepingCapacity: true)
      if hasFlags {
        for (index, genre) in flaggedGenres.enumerated() where fields[5 + index].spells("1") {
          names.append(Bytes(start: genre.utf8Start, count: genre.utf8CodeUnitCount))
        }
      } else {
        let genres = fields[columns[2]]
        if !genres.spells("(no genres listed)") { genres.split(at: UInt8(ascii: "|"), into: &names) }
      }
      table.set(row, names) { lines.lose($0) }
    }
    lines.leaveOut("the movie has no rating", unrated)
    provenance.settings["unrated_movies_left_out"] = "\(unrated.count)"
    account.add(lines, &provenance)
  }

  /// The genres of the 100K set's u.item in the order of its columns, as its u.genre names them.
  private static let flaggedGenres: [StaticString] = [
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama",
    "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
  ]
}
