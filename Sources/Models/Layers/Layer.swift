/// A function of one matrix. `forward` keeps what `backward` needs; `backward` adds the gradients of the
/// layer's weights to the pass and returns the gradient at the input. Results live until the arena of the
/// pass is reset.
///
/// Both throw only what the pass's reducer throws.
package protocol Layer: AnyObject {
  func forward(_ x: Matrix, _ pass: Pass) throws -> Matrix
  func backward(_ dy: Matrix, _ pass: Pass) throws -> Matrix
}
