import IO
import Support

/// A row of one of several tables that have the same columns, for example of the events of several data sets.
struct RowReference: BitwiseCopyable, Equatable, Sendable {
  private let bits: UInt64

  init(_ row: Int, table: Int = 0) { bits = UInt64(table) << 48 | UInt64(row) }

  var table: Int { Int(bits >> 48) }
  var row: Int { Int(bits & 0xFFFF_FFFF_FFFF) }
}

extension Column {
  /// The rows `rows` of `tables`, in the order of `rows`; every row has `width` values.
  static func gathered(_ rows: Column<RowReference>, of tables: [Column], width: Int = 1) -> Column {
    let result = Column(uninitialized: rows.count * width)
    let starts = tables.map(\.pointer)
    withExtendedLifetime((tables, rows)) {
      let (references, target) = (rows.pointer, result.values)
      for rows in Pieces(rows.count, bytesPerRow: 8 + 2 * width * MemoryLayout<Element>.stride) {
        if width == 1 {
          for index in rows { target[index] = starts[references[index].table][references[index].row] }
        } else {
          for index in rows {
            let source = starts[references[index].table] + references[index].row * width
            for column in 0..<width { target[index * width + column] = source[column] }
          }
        }
      }
    }
    return result
  }
}

extension FeatureColumn {
  /// The rows `rows` of `tables`, which are of one kind, with `width` numbers per row.
  static func gathered(
    _ rows: Column<RowReference>, of tables: [FeatureColumn], width: Int
  ) -> FeatureColumn {
    switch tables[0] {
    case .values:
      return .values(.gathered(rows, of: tables.map { $0.codes.values }))
    case .lists:
      return gathered(rows, lists: tables.map(\.codes))
    case .numbers:
      let values = tables.map(\.numbers.values)
      var missing: Column<UInt8>?
      if tables.contains(where: { $0.numbers.missing != nil }) {
        missing = .gathered(
          rows,
          of: tables.map { table in
            let (values, missing) = table.numbers
            return missing ?? Column(repeatElement(0, count: values.count / max(width, 1)))
          })
      }
      return .numbers(.gathered(rows, of: values, width: width), missing: missing)
    }
  }

  private static func gathered(
    _ rows: Column<RowReference>, lists: [(offsets: Column<Int64>?, values: Column<Int32>)]
  ) -> FeatureColumn {
    let starts = lists.map { $0.offsets.unsafelyUnwrapped.pointer }
    let sources = lists.map(\.values.pointer)
    let offsets = Column<Int64>(uninitialized: rows.count + 1)
    return withExtendedLifetime((lists, rows)) {
      let references = rows.pointer
      var total: Int64 = 0
      offsets.values[0] = 0
      for rows in Pieces(rows.count, bytesPerRow: 24) {
        for index in rows {
          let start = starts[references[index].table] + references[index].row
          total += start[1] - start[0]
          offsets.values[index + 1] = total
        }
      }
      let values = Column<Int32>(uninitialized: Int(total))
      for rows in Pieces(rows.count, bytesPerRow: 24 + 8 * Int(total) / max(rows.count, 1)) {
        for index in rows {
          let (table, row) = (references[index].table, references[index].row)
          let source = sources[table] + Int(starts[table][row])
          let first = Int(offsets[index])
          for place in 0..<Int(offsets[index + 1]) - first { values.values[first + place] = source[place] }
        }
      }
      return .lists(offsets: offsets, values: values)
    }
  }

  private var numbers: (values: Column<Float>, missing: Column<UInt8>?) {
    if case .numbers(let values, let missing) = self { return (values, missing) }
    preconditionFailure("a feature of numbers")
  }
}
