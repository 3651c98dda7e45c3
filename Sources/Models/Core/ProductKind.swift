/// The products of each pair of fields v_i, v_j.
package enum ProductKind: String, Sendable, CaseIterable {
  /// v_i * v_j element by element: width values per pair.
  case elementwise
  /// v_i . v_j: one value per pair (PNN's inner product, Qu et al., ICDM 2016).
  case inner
  /// v_i^T v_j, rows of width elements: width^2 values per pair (PNN's outer product).
  case outer

  /// Values per pair of fields of the given width.
  func values(width: Int) -> Int {
    switch self {
    case .elementwise: width
    case .inner: 1
    case .outer: width * width
    }
  }
}
