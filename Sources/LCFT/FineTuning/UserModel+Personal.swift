import IO
import Models

/// Personal models, kept and brought back.
extension UserModel {
  /// One method's weights of the user as they are, for a `PersonalModelRecorder`.
  func difference() -> (dense: [Int32], tables: [(values: [Float], changed: [Bool])]) {
    (userWeights.denseDifference(), model.layout.tables.indices.map { userWeights.tableValues($0) })
  }

  /// The row in the data set of each local row of table `index`.
  func rows(ofTable index: Int) -> UnsafeBufferPointer<Int32> {
    let (rows, partition) = builder.rows(model.layout.tables[index].space)
    return UnsafeBufferPointer(start: rows, count: partition.count)
  }

  /// Overwrites the user's row of the table at `index`, one of users' rows.
  func replaceUser(inTable index: Int, by row: [Float]) {
    guard userWeights.current.tables.tables[index].rows > 0 else { return }
    userWeights.replace(row: 0, ofTable: index, by: row, source: 0)
    useWeights()
  }

  /// Rows of the cloud model's tables.
  var tableRows: [Int] { model.layout.tables.indices.map { cloud.rows(ofTable: $0) } }

  /// Puts the model in place that `saved` holds for the method at `method`. Rows that the loaded samples do
  /// not touch are passed over.
  func install(_ saved: PersonalModels.User, method: Int) {
    userWeights.add(denseDifference: saved.dense[method])
    for (index, table) in model.layout.tables.enumerated() {
      for (source, row) in saved.rows[index].enumerated() {
        let local = builder.localID(row, table.space)
        guard local >= 0 else { continue }
        userWeights.replace(row: Int(local), ofTable: index, by: saved.values[method][index], source: source)
      }
    }
    useWeights()
  }
}
