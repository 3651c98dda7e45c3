/// What a personal model is made of.
extension UserWeights {
  /// [dense weights] bit patterns minus those of the loaded model, as wrapping integers: exact, where a
  /// difference of floats would round.
  func denseDifference() -> [Int32] {
    let dense = current.dense
    return (0..<layout.parameterCount).map {
      Int32(bitPattern: dense[$0].bitPattern &- pristineDense[$0].bitPattern)
    }
  }

  /// The local rows of a table [rows x width], and which of them are not the loaded model's.
  func tableValues(_ index: Int) -> (values: [Float], changed: [Bool]) {
    guard let floatCounts else { return ([], []) }
    let width = layout.tables[index].width
    let (own, cloud) = (current.tables.tables[index].values, pristine.tables[index].values)
    return (
      Array(UnsafeBufferPointer(start: own, count: floatCounts[index])),
      (0..<floatCounts[index] / width).map { row in
        (row * width..<(row + 1) * width).contains { own[$0].bitPattern != cloud[$0].bitPattern }
      }
    )
  }

  /// Turns the loaded model's dense weights into those that `difference` was taken from.
  func add(denseDifference difference: [Int32]) {
    leavePristine()
    for i in 0..<layout.parameterCount {
      dense[i] = Float(bitPattern: pristineDense[i].bitPattern &+ UInt32(bitPattern: difference[i]))
    }
  }

  /// Overwrites local row `row` of a table by row `source` of `values`.
  func replace(row: Int, ofTable index: Int, by values: [Float], source: Int) {
    leavePristine()
    let table = local.tables[index]
    for c in 0..<table.width { table.values[row * table.width + c] = values[source * table.width + c] }
  }
}
