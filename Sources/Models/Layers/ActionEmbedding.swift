/// One row of a dense weight per kind of action: y[k] = weight[actions[k]].
///
/// The kinds are few and every user has them, so the rows are weights like a layer's, not a table.
struct ActionEmbedding {
  let width: Int
  private let weight: Int

  init(_ name: String, width: Int, in layout: inout ModelLayout) {
    self.width = width
    weight = layout.addParameter("\(name)/weight", [History.actionKinds, width], .glorotUniform)
  }

  /// Writes [K x width] into `y`, for a history made of actions.
  func forward(_ history: History, _ y: Matrix, _ pass: Pass) {
    guard let actions = history.actions else { preconditionFailure("the history is made of actions") }
    for k in 0..<y.rows {
      assert(Int(actions[k]) < History.actionKinds, "the code is an action's")
      y.row(k).update(from: pass.parameters + weight + Int(actions[k]) * width, count: width)
    }
  }

  /// dweight[actions[k]] += dy[k].
  func backward(_ history: History, _ dy: Matrix, _ pass: Pass) {
    guard let actions = history.actions else { preconditionFailure("the history is made of actions") }
    for shard in 0..<dy.partition.shards {
      let gradient = pass.gradient(shard: shard, offset: weight)
      for k in dy.partition.rows(ofShard: shard) {
        Elementwise.add(gradient + Int(actions[k]) * width, dy.row(k), count: width)
      }
    }
  }
}
