import IO
import Support

/// MovieLens's tag genome: genome-scores.csv with `movieId,tagId,relevance`, any order of lines.
///
/// The width is the largest tagId. A movie either has all its values or, under `fail`, ends the import;
/// under `skip` it counts as one without a vector. Movies without a vector have the mean of the others.
struct GenomeReader {
  /// Tags that a line may name; the published genomes have up to 1,128. Bounds the memory of a bad line.
  static let maximumWidth = 4096

  /// Which columns of the file name an item, the number's place in the item's vector from 1 on, and the number.
  struct Columns {
    var key: String
    var index: String
    var value: String
  }

  /// A vector per item.
  struct Genome {
    let width: Int
    /// [items x width]
    let values: Column<Float>
    /// [items] 1 where the source has no whole vector and the mean of the others stands in.
    let missing: Column<UInt8>
  }

  var malformed = MalformedLines.skip
  /// The columns of the file.
  private let columns: Columns
  /// Values outside are malformed; nil where any number is one.
  private let allowed: ClosedRange<Double>?
  /// What the vectors are called, and whose they are, in the account.
  var words = (owner: "movie", vector: "genome vector", outside: "the movie has no rating")

  init(columns: Columns, allowed: ClosedRange<Double>?) {
    self.columns = columns
    self.allowed = allowed
  }

  /// The account of the file `path`, of which only the header is looked at. Throws where a column is missing.
  func account(_ path: String) throws(ImportError) -> RowAccount {
    let lines = try SourceLines(path: path, malformed: malformed) { _ in }
    var fields = CSVFields()
    _ = try header(lines, &fields)
    return lines.account
  }

  private func header(
    _ lines: SourceLines, _ fields: inout CSVFields
  ) throws(ImportError) -> (CSVHeader, key: Int, index: Int, value: Int) {
    let header = try CSVHeader(lines, &fields)
    let (key, index) = (try header.required(columns.key), try header.required(columns.index))
    let value = try header.required(columns.value)
    header.account([key, index, value], in: lines)
    return (header, key, index, value)
  }

  func read(
    _ path: String, _ items: borrowing IdentifierTable, _ provenance: inout Dataset.Provenance,
    _ account: inout ImportAccount, _ progress: @escaping ImportProgress
  ) throws(ImportError) -> Genome {
    let lines = try SourceLines(path: path, malformed: malformed, progress: progress)
    var fields = CSVFields()
    let (header, movie, tag, relevance) = try header(lines, &fields)

    // Vectors in the order of the movies' first lines, `stride` values each, NaN where none was given.
    var values = GrowableBuffer<Float>()
    var stride = 16
    var width = 0
    var movies: [(item: Int32, given: Int, lastLine: Int)] = []
    var unrated = LineTally()
    // By item; -1 where it has none.
    let rows = Column<Int32>(repeatElement(-1, count: items.count))
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      guard let tagNumber = fields[tag].wholeNumber else {
        throw .notAWholeNumber(field: columns.index, text: fields[tag].excerpt)
      }
      guard tagNumber >= 1 && tagNumber <= GenomeReader.maximumWidth else {
        throw .outOfRange(
          field: columns.index, text: fields[tag].excerpt, allowed: "1 to \(GenomeReader.maximumWidth)")
      }
      let value = try InteractionLog.rating(fields[relevance], columns.value)
      if let allowed, !allowed.contains(value) {
        throw .outOfRange(
          field: columns.value, text: fields[relevance].excerpt,
          allowed: "\(plain(allowed.lowerBound)) to \(plain(allowed.upperBound))")
      }
      let id = fields[movie].trimmed
      if id.count == 0 { throw .emptyField(columns.key) }
      width = max(width, Int(tagNumber))
      guard let item = items.find(id) else {
        unrated.add(at: lines.number)
        return
      }
      if width > stride {
        let wider = min(max(width, stride * 2), GenomeReader.maximumWidth)
        values.restride(rows: movies.count, from: stride, to: wider)
        stride = wider
      }
      if rows[Int(item)] < 0 {
        rows.values[Int(item)] = Int32(movies.count)
        movies.append((item, 0, 0))
        values.append(repeating: .nan, count: stride)
      }
      let row = Int(rows[Int(item)])
      let place = row * stride + Int(tagNumber) - 1
      guard values.pointer[place].isNaN else {
        throw .repeated("\(columns.index) \(tagNumber) of \(columns.key) \(id.excerpt)")
      }
      values.pointer[place] = Float(value)
      movies[row].given += 1
      movies[row].lastLine = lines.number
    }

    let incomplete = movies.filter { $0.given < width }
    if malformed == .fail, let first = incomplete.first {
      throw .incompleteGenome(
        file: path, line: first.lastLine, movie: items.string(Int(first.item)), given: first.given,
        width: width)
    }
    guard incomplete.count < movies.count else { throw .noGenome(file: path) }
    provenance.settings["genome_incomplete_movies"] = "\(incomplete.count)"
    provenance.settings["genome_movies"] = "\(movies.count - incomplete.count)"
    lines.leaveOut(words.outside, unrated)
    account.add(lines, &provenance)
    progress(
      .note(
        "\(movies.count - incomplete.count) of \(items.count) \(words.owner)s have a \(words.vector) of \(width) values, "
          + "\(incomplete.count) had a part of one"))
    let isPartial = Column<UInt8>(movies.map { $0.given < width ? 1 : 0 })
    let vectors = MeanFilledVectors(
      values.pointer, stride: stride, width: width, missing: isPartial.pointer, count: movies.count)
    return Genome(
      width: width, values: vectors.gathered(RecordRows(rows)),
      missing: Column(rows.values.lazy.map { $0 < 0 ? 1 : isPartial[Int($0)] }))
  }
}

extension GrowableBuffer where Element == Float {
  /// Moves rows of `old` values apart to `new` values each, from the last row down; the room between is NaN.
  fileprivate mutating func restride(rows: Int, from old: Int, to new: Int) {
    append(repeating: .nan, count: rows * (new - old))
    for row in stride(from: rows - 1, through: 0, by: -1) {
      (pointer + row * new).update(from: pointer + row * old, count: old)
      (pointer + row * new + old).update(repeating: .nan, count: new - old)
    }
  }
}
