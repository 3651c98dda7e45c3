/// The nonlinearity of an attention's hidden layer, over pairs of a sample and an entry [P x columns].
///
/// There are many more pairs than samples, and going over them once more costs time: the sigmoid, DIN's usual one, is
/// applied by whoever computes a row (`isByRow`). The others are layers over the whole matrix.
final class PairActivation {
  /// nil for the sigmoid.
  private let layer: (any Layer)?
  /// Whether the rows already went through a sigmoid, and `forward` and `backward` do nothing.
  var isByRow: Bool { layer == nil }

  init(_ activation: Activation, _ name: String, columns: Int, in layout: inout ModelLayout) {
    layer = activation == .sigmoid ? nil : activation.layer(name, columns: columns, in: &layout)
  }

  func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix { try layer?.forward(x, pass) ?? x }

  func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix { try layer?.backward(dy, pass) ?? dy }
}
