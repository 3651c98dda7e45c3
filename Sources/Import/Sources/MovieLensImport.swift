import IO
import Support

/// MovieLens ratings: ratings.csv, movies.csv and genome-scores.csv as in the 20M, 25M and "latest" sets
/// (a header in any order), or ratings.dat and movies.dat as in the 1M and 10M sets (`::` between the
/// fields, no header); each also as .gz. Which of the two forms a file has is told by its first line.
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
    /// The lowest rating whose label is 1.
    package var threshold: Double
    /// Genres kept per movie, the last of its list; no movie has as many as the default.
    package var maximumCategories: Int
    package var malformed: MalformedLines

    package init(
      ratings: String, movies: String? = nil, genomeScores: String? = nil, split: SplitRule, seed: UInt64,
      threshold: Double = 4, maximumCategories: Int = 32, malformed: MalformedLines = .fail
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
      guard let ratings = first("ratings.csv", "ratings.csv.gz", "ratings.dat", "ratings.dat.gz") else {
        throw .noRatings(directory: directory)
      }
      self.init(
        ratings: ratings, movies: first("movies.csv", "movies.csv.gz", "movies.dat", "movies.dat.gz"),
        genomeScores: first("genome-scores.csv", "genome-scores.csv.gz"), split: split, seed: seed)
    }
  }

  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    try options.split.check()
    try CategoryTable.check(maximum: options.maximumCategories)
    try InteractionLog.check(threshold: options.threshold)
    var provenance = Dataset.Provenance(
      kind: "movielens", splitRule: options.split.text, seed: options.seed, negativeSampling: "none",
      settings: ["on_error": options.malformed.rawValue, "labels": "rating >= \(options.threshold)"])

    var log = InteractionLog()
    try readRatings(options, into: &log, &provenance, progress)
    guard log.count > 0 else { throw .noInteractions(file: options.ratings) }
    var table = CategoryTable(items: log.items.count, maximum: options.maximumCategories)
    if let path = options.movies {
      try readMovies(path, options, log.items, &table, &provenance, progress)
    }
    var genome: Dataset.Genome?
    if let path = options.genomeScores {
      genome = try GenomeReader(malformed: options.malformed).read(
        path, log.items, &provenance, progress)
    }
    let builder = DatasetBuilder(rule: .ratings, split: options.split, seed: options.seed, progress: progress)
    let rows = try builder.build(&log, source: options.ratings)
    return Dataset(
      rows, items: log.items, table, genome: genome, provenance, hasItemsFile: options.movies != nil, progress
    )
  }

  private static func readRatings(
    _ options: Options, into log: inout InteractionLog, _ provenance: inout Dataset.Provenance,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: options.ratings, malformed: options.malformed, progress: progress)
    var fields = MovieLensFields()
    let columns = try fields.open(lines, ["userId", "movieId", "rating", "timestamp"])
    let threshold = options.threshold
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line)
      let rating = try InteractionLog.rating(fields[columns[2]], "rating")
      guard rating >= 0 && rating <= 5 else {
        throw .outOfRange(field: "rating", text: fields[columns[2]].excerpt, allowed: "0 to 5")
      }
      try log.append(
        user: fields[columns[0]], item: fields[columns[1]],
        timestamp: try InteractionLog.timestamp(fields[columns[3]], "timestamp"),
        outcome: rating >= threshold ? 1 : 0)
    }
    provenance.add(lines)
  }

  private static func readMovies(
    _ path: String, _ options: Options, _ items: borrowing IdentifierTable, _ table: inout CategoryTable,
    _ provenance: inout Dataset.Provenance, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = MovieLensFields()
    let columns = try fields.open(lines, ["movieId", "title", "genres"])
    var names: [Bytes] = []
    var unrated = 0
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line)
      let movie = fields[columns[0]]
      if movie.count == 0 { throw .emptyField("movieId") }
      guard let row = items.find(movie) else {
        unrated += 1
        return
      }
      if table.has(row) { throw .repeated("movie \(movie.excerpt)") }
      names.removeAll(keepingCapacity: true)
      let genres = fields[columns[2]]
      if !genres.spells("(no genres listed)") { genres.split(at: UInt8(ascii: "|"), into: &names) }
      try table.set(row, names)
    }
    provenance.settings["unrated_movies_left_out"] = "\(unrated)"
    provenance.add(lines)
  }
}
