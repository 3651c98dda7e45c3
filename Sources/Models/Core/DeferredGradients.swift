/// A layer whose weights' gradients need not be added in its backward pass.
protocol DeferringLayer: AnyObject {
  /// How many pieces the gradients are made in, with dy at the layer's output.
  func pieces(_ dy: Matrix, _ pass: Pass) -> Int

  /// Adds piece `piece` of the gradients, all of them in turn.
  func weightGradients(_ dy: Matrix, piece: Int, _ pass: Pass)
}

/// Gradients of weights that a backward pass leaves for later: nothing in the pass needs them. They are added while the
/// gradients at the tables, which the pass ends with, are on their way to other ranks.
package final class DeferredGradients {
  private var tasks: [(layer: any DeferringLayer, dy: Matrix)] = []
  /// The first task that is not done, and its next piece.
  private var first = 0
  private var piece = 0

  package init() { tasks.reserveCapacity(16) }

  /// `dy` and what the layer's forward pass keeps stay as they are until the arena of the pass is reset.
  func add(_ layer: any DeferringLayer, _ dy: Matrix) { tasks.append((layer, dy)) }

  /// Adds a piece of the gradients of one layer. False where nothing is left.
  package func advance(_ pass: Pass) -> Bool {
    guard first < tasks.count else { return false }
    let task = tasks[first]
    task.layer.weightGradients(task.dy, piece: piece, pass)
    piece += 1
    if piece == task.layer.pieces(task.dy, pass) {
      first += 1
      piece = 0
    }
    if first == tasks.count {
      tasks.removeAll(keepingCapacity: true)
      first = 0
    }
    return true
  }
}
