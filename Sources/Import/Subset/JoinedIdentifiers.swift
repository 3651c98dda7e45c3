import IO
import Support

/// The users or items of several data sets, matched by identifier: in the order of their first appearance, file after
/// file.
struct JoinedIdentifiers {
  /// Of each, where it comes first.
  let first: Column<RowReference>
  /// Of each data set: its rows' places in `first`.
  let places: [Column<Int32>]
  /// How many of them several data sets have.
  let shared: Int

  /// - Parameter column: the path that a message names.
  init(_ inputs: [InputDataset], column: String, _ ids: (Dataset) -> StringColumn) throws {
    var table = IdentifierTable(field: column)
    var first = GrowableBuffer<RowReference>()
    var places: [Column<Int32>] = []
    var lastInput = GrowableBuffer<Int32>()
    var isShared = GrowableBuffer<UInt8>()
    for (index, input) in inputs.enumerated() {
      let ids = ids(input.dataset)
      let rows = Column<Int32>(uninitialized: ids.count)
      for row in 0..<ids.count {
        let place = table.insert(ids.bytes(ofRow: row))
        rows.values[row] = place
        if Int(place) == first.count {
          first.append(RowReference(row, table: index))
          lastInput.append(Int32(index))
          isShared.append(0)
          continue
        }
        if lastInput.pointer[Int(place)] == Int32(index) {
          throw SubsetError.repeatedIdentifier(file: input.path, column: column, id: ids[row])
        }
        lastInput.pointer[Int(place)] = Int32(index)
        isShared.pointer[Int(place)] = 1
      }
      places.append(rows)
    }
    shared = (0..<isShared.count).reduce(0) { $0 + Int(isShared.pointer[$1]) }
    self.first = first.column()
    self.places = places
  }

  var count: Int { first.count }

  /// The rows of data set `input` by their places; -1 for those that it has not.
  func rows(ofInput input: Int) -> Column<Int32> {
    let rows = Column<Int32>(repeatElement(-1, count: count))
    for row in 0..<places[input].count { rows.values[Int(places[input][row])] = Int32(row) }
    return rows
  }
}
