import IO
import Support

/// The values of the features that share a vocabulary, numbered as they are met.
final class VocabularyCollector {
  let name: String
  private let minimumCount: Int
  private var table: IdentifierTable
  /// Rows that values are hashed into; 0 where each value has its own.
  private let hashRows: UInt64
  /// Of hashed values: the keys of those met, and how many there are by row.
  private var keys: Set<UInt64> = []
  private var distinct: Column<Int64>
  /// Of a vocabulary that is given: how many values it has, and whether it has a row for others. Nil where it grows.
  private let given: (count: Int32, hasUnknown: Bool)?
  /// Whether the vocabulary is given and does not grow.
  var isGiven: Bool { given != nil }
  /// Values met that a given vocabulary does not have.
  private(set) var unknown = 0
  private var hashes = GrowableBuffer<UInt64>()

  init(_ rule: FeatureRule.Categorical) {
    name = rule.vocabulary
    minimumCount = rule.minimumCount
    table = IdentifierTable(field: rule.vocabulary)
    hashRows = UInt64(rule.hashRows ?? 0)
    distinct = Column(repeatElement(0, count: Int(hashRows)))
    given = nil
  }

  /// Over the values of `vocabulary`: others are unknown, and take a row from its `count` on, which models read as that of
  /// unknown values. Where it has no such row they cannot be kept.
  init(known vocabulary: Vocabulary) {
    name = vocabulary.name
    minimumCount = 0
    hashRows = vocabulary.values == nil ? UInt64(vocabulary.count) : 0
    var table = IdentifierTable(field: vocabulary.name)
    if let values = vocabulary.values {
      for row in 0..<values.count { _ = table.insert(values.bytes(ofRow: row)) }
      withExtendedLifetime(values) {}
    }
    self.table = table
    distinct = Column(repeatElement(0, count: Int(hashRows)))
    given = (Int32(vocabulary.count), vocabulary.known < vocabulary.count)
  }

  /// The row of `value`, which is not empty. Throws where it cannot be kept.
  @inline(__always)
  func row(of value: Bytes, _ field: String) throws(MalformedLine) -> Int32 {
    if hashRows > 0 { return hashed(value) }
    if let row = table.find(value) {
      if let given, row >= given.count { unknown += 1 }
      return row
    }
    try check(value, field)
    if let given {
      unknown += 1
      if !given.hasUnknown { throw .unknownValue(field: field, text: value.excerpt) }
    }
    return table.insert(value)
  }

  /// Finds the rows of the `count` values from `texts` on, which a reader's block has; -1 of those of which only `row` says
  /// what becomes of them.
  func find(_ texts: UnsafePointer<Bytes>, count: Int, rows: UnsafeMutablePointer<Int32>) {
    if hashRows > 0 { return rows.update(repeating: -1, count: count) }
    table.find(texts, count: count, hashes.resetUninitialized(count), rows: rows)
    guard let given else { return }
    for index in 0..<count where rows[index] >= given.count { rows[index] = -1 }
  }

  /// The same of a name that is no field's.
  func row(of value: [UInt8], _ field: String) throws(MalformedLine) -> Int32 {
    var result: Result<Int32, MalformedLine> = .failure(.emptyField(field))
    value.withUnsafeBufferPointer { bytes in
      do throws(MalformedLine) { result = .success(try row(of: bytes, field)) } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }

  /// That `value` can be kept.
  func check(_ value: Bytes, _ field: String) throws(MalformedLine) {
    if hashRows > 0 || table.find(value) != nil { return }
    do throws(MalformedLine) { try table.check(value) } catch { throw error.renamed(field) }
  }

  private func hashed(_ value: Bytes) -> Int32 {
    let key = KeyedRandom.key(value)
    let row = Int(key % hashRows)
    if keys.insert(key).inserted { distinct.values[row] += 1 }
    return Int32(row)
  }

  /// The vocabulary before occurrences are counted: all values known, in the order in which they were met.
  func vocabulary() -> Vocabulary {
    let content: Vocabulary.Content =
      hashRows > 0
      ? .hashed(distinct: distinct)
      : .values(table.column(), known: table.count, minimumCount: minimumCount)
    let rows = hashRows > 0 ? Int(hashRows) : table.count
    return Vocabulary(name, content, counts: Column(repeatElement(0, count: rows)))
  }
}

extension MalformedLine {
  /// What is wrong with a value of a vocabulary, said of the field that it stands in.
  func renamed(_ field: String) -> MalformedLine {
    switch self {
    case .tooLong(_, let bytes, let limit): .tooLong(field: field, bytes: bytes, limit: limit)
    case .containsNUL: .containsNUL(field: field)
    case .notUTF8: .notUTF8(field: field)
    default: self
    }
  }
}
