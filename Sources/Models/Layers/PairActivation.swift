/// The nonlinearity of an attention's hidden layer, over pairs of a sample and an entry [P x columns].
///
/// There are many more pairs than samples, and going over them once more costs time: the sigmoid, DIN's usual one, is
/// applied in place to each row where it is computed (`apply`), and its gradient likewise (`scale`). The others are
/// layers over the whole matrix (`forward`, `backward`). Whoever uses it calls both; one of the two does nothing.
final class PairActivation {
  /// nil for the sigmoid.
  private let layer: (any Layer)?
  /// Whether the gradient of a row is complete after `scale`, without `backward`.
  var isByRow: Bool { layer == nil }

  init(_ activation: Activation, _ name: String, columns: Int, in layout: inout ModelLayout) {
    layer = activation == .sigmoid ? nil : activation.layer(name, columns: columns, in: &layout)
  }

  @inline(__always)
  func apply(_ row: UnsafeMutablePointer<Float>, count: Int) {
    guard layer == nil else { return }
    for c in 0..<count { row[c] = Elementwise.sigmoid(row[c]) }
  }

  func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix { try layer?.forward(x, pass) ?? x }

  /// From the gradient at the output `y` of a row to that at its input.
  @inline(__always)
  func scale(_ gradient: UnsafeMutablePointer<Float>, _ y: UnsafePointer<Float>, count: Int) {
    guard layer == nil else { return }
    for c in 0..<count { gradient[c] = gradient[c] * y[c] * (1 - y[c]) }
  }

  func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix { try layer?.backward(dy, pass) ?? dy }
}
