/// The nonlinearity after a hidden layer.
package enum Activation: String, Sendable, CaseIterable {
  case sigmoid
  case dice
  case prelu
  case relu
}
