extension Pass {
  /// The transpose [columns x rows] of the weight [rows x columns] at `offset`.
  func transposed(offset: Int, rows: Int, columns: Int) -> MatrixView {
    let weight = weight(offset: offset, rows: rows, columns: columns)
    guard let transposes else { return Transposition.transpose(weight, in: arena) }
    return transposes.weight(offset: offset) { Transposition.transpose(weight, in: $0) }
  }
}
