import IO
import Models
import Support

/// Items' tag genomes as models see them: scaled to unit length, so that the genome counts as one feature
/// value does (its 1,128 relevances otherwise outweigh all embeddings, and plain SGD at the paper's learning
/// rate of 1 diverges).
package final class GenomeRows {
  private let width: Int
  /// [items x width]
  private let values: Column<Float>
  /// [items] 1 / length of each item's vector; 0 for a vector of zeros.
  private let scales: Column<Float>

  /// - Parameter values: [items x width].
  package init(width: Int, values: Column<Float>) {
    self.width = width
    self.values = values
    let items = width > 0 ? values.count / width : 0
    scales = Column(uninitialized: items)
    for item in 0..<items {
      var square = 0.0
      for value in values.values[item * width..<(item + 1) * width] {
        square += Double(value) * Double(value)
      }
      scales.values[item] = square > 0 ? Float(1 / square.squareRoot()) : 0
    }
  }

  /// [count x width] the vectors of `items`, rows of the data set.
  func gather(_ items: UnsafePointer<Int32>, count: Int, in arena: Arena) -> UnsafeMutablePointer<Float> {
    let rows = arena.take(count * width, of: Float.self)
    for i in 0..<count {
      let item = Int(items[i])
      let (from, to, scale) = (values.pointer + item * width, rows + i * width, scales.pointer[item])
      for tag in 0..<width { to[tag] = from[tag] * scale }
    }
    return rows
  }
}
