/// A layer whose weights' gradients need not be added in its backward pass.
protocol DeferringLayer: AnyObject {
  /// Adds the gradients for virtual shard `shard`, with dy at the layer's output.
  func weightGradients(_ dy: Matrix, shard: Int, _ pass: Pass)
}

/// Gradients of weights that a backward pass leaves for later: nothing in the pass needs them. They are added while the
/// gradients at the tables, which the pass ends with, are on their way to other ranks.
package final class DeferredGradients {
  private var tasks: [(layer: any DeferringLayer, dy: Matrix)] = []
  /// The first task that is not done, and its next shard.
  private var first = 0
  private var shard = 0

  package init() { tasks.reserveCapacity(16) }

  /// `dy` and what the layer's forward pass keeps stay as they are until the arena of the pass is reset.
  func add(_ layer: any DeferringLayer, _ dy: Matrix) { tasks.append((layer, dy)) }

  /// Adds the gradients of one layer for one virtual shard. False where nothing is left.
  package func advance(_ pass: Pass) -> Bool {
    guard first < tasks.count else { return false }
    let task = tasks[first]
    task.layer.weightGradients(task.dy, shard: shard, pass)
    shard += 1
    if shard == task.dy.partition.shards {
      first += 1
      shard = 0
    }
    if first == tasks.count {
      tasks.removeAll(keepingCapacity: true)
      first = 0
    }
    return true
  }
}
