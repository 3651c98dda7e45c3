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

  /// The transpose of the weight at `offset`, made by `transpose` at the first call.
  func weight(offset: Int, _ transpose: (Arena) -> MatrixView) -> MatrixView {
    for index in 0..<kept.count where kept[index].offset == offset { return kept[index].weight }
    let transposed = transpose(arena)
    kept.append((offset, transposed))
    return transposed
  }
}
