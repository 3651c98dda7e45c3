/// Weights as backward passes read them, transposed, for passes over weights that stay as they are.
package final class TransposedWeights {
  private let arena = Arena()
  private var kept: [(offset: Int, weight: MatrixView)] = []

  package init() {}

  /// Forgets them: the weights are others.
  package func clear() {
    kept.removeAll(keepingCapacity: true)
    arena.reset()
  }

  fileprivate func weight(offset: Int, _ weight: MatrixView) -> MatrixView {
    for index in 0..<kept.count where kept[index].offset == offset { return kept[index].weight }
    let transposed = Transposition.transpose(weight, in: arena)
    kept.append((offset, transposed))
    return transposed
  }
}

extension Pass {
  /// The transpose [columns x rows] of the weight [rows x columns] at `offset`.
  func transposed(offset: Int, rows: Int, columns: Int) -> MatrixView {
    let weight = weight(offset: offset, rows: rows, columns: columns)
    return transposes?.weight(offset: offset, weight) ?? Transposition.transpose(weight, in: arena)
  }
}
