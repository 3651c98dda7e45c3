import Models

/// One user's weights while a method changes them: the user's submodel and the dense layers, what the
/// optimiser keeps for them, and how to start over from the whole model that they were loaded from.
///
/// Every method starts with zeroed optimiser state, as a device that is sent the cloud model does: the state
/// of the cloud training stays in the cloud.
final class UserWeights {
  /// The tables as they were loaded, and the ones that methods change; both have the same gradients.
  private(set) var pristine: Submodel
  private(set) var local: Submodel
  let layout: ModelLayout
  private(set) var pristineDense: UnsafeMutablePointer<Float>
  /// [layout.parameterCount]
  let dense: UnsafeMutablePointer<Float>
  /// Whether the weights are the loaded ones. Then they lie where they were loaded, and `dense` and `local`
  /// are written by the first step.
  private(set) var isPristine = true
  /// Those of the last step's batch.
  private(set) var gradients: Gradients
  /// [tables] local rows x width.
  private(set) var floatCounts: UnsafePointer<Int>?
  private let optimizer: Optimizer
  private let slots: Int
  /// The dense weights whose gradients a pass with sums adds to.
  private let addedTo: [Range<Int>]
  /// [slots x layout.parameterCount]
  private let denseState: UnsafeMutablePointer<Float>
  /// For a run of combined gradients, few enough to stay in the fastest cache.
  private let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: 1024)
  /// Per table [slots x local rows x width].
  private var tableStates: UnsafePointer<UnsafeMutablePointer<Float>>?
  /// Since `restore`.
  private var steps = 0

  init(cloud: Weights, optimizer: Optimizer) {
    self.optimizer = optimizer
    slots = optimizer.slots.count
    layout = cloud.layout
    addedTo = layout.shardwiseWeights
    pristineDense = cloud.dense
    dense = .allocate(capacity: max(1, layout.parameterCount))
    gradients = Gradients(dense: .allocate(capacity: max(1, layout.parameterCount)), tables: .empty)
    denseState = .allocate(capacity: max(1, slots * layout.parameterCount))
    pristine = .empty
    local = .empty
  }

  deinit {
    dense.deallocate()
    gradients.dense.deallocate()
    denseState.deallocate()
    scratch.deallocate()
  }

  /// The weights as they are: dense and tables.
  var current: (dense: UnsafeMutablePointer<Float>, tables: Submodel) {
    isPristine ? (pristineDense, pristine) : (dense, local)
  }

  /// Makes room in `arena` for a user's submodel, whose tables have the rows that `builder` numbered. Valid
  /// as long as `arena` is not reset; `load` must follow.
  func prepare(for builder: SubmodelBuilder, in arena: Arena) {
    pristine = builder.emptySubmodel(in: arena)
    let counts = arena.take(layout.tables.count, of: Int.self)
    let tables = arena.take(layout.tables.count, of: LocalTable.self)
    let states = arena.take(layout.tables.count, of: UnsafeMutablePointer<Float>.self)
    for index in layout.tables.indices {
      let count = builder.rows(ofTable: index).partition.count * layout.tables[index].width
      counts[index] = count
      tables[index] = pristine.tables[index]
      tables[index].values = arena.take(count, of: Float.self)
      states[index] = arena.take(slots * count, of: Float.self)
    }
    floatCounts = UnsafePointer(counts)
    tableStates = UnsafePointer(states)
    local = pristine
    local.tables = UnsafePointer(tables)
    gradients.tables = pristine
  }

  /// Gradients of the loaded weights, beside those that steps use.
  private func makeGradients(in arena: Arena) -> Gradients {
    let tables = arena.take(layout.tables.count, of: LocalTable.self)
    forEachTable { index, count, _ in
      tables[index] = pristine.tables[index]
      tables[index].gradients = arena.take(count, of: Float.self)
    }
    var submodel = pristine
    submodel.tables = UnsafePointer(tables)
    return Gradients(dense: arena.take(layout.parameterCount, of: Float.self), tables: submodel)
  }

  /// Starts from `weights`, the cloud model or another one of its layout, which the caller keeps alive:
  /// copies the rows that `builder` numbered for `prepare`.
  func load(_ weights: Weights, from builder: SubmodelBuilder) {
    builder.copyRows(of: weights, into: pristine)
    pristineDense = weights.dense
    restore()
  }

  /// Puts the loaded weights back and zeroes the optimiser's state.
  func restore() {
    isPristine = true
    steps = 0
    guard slots > 0 else { return }
    denseState.update(repeating: 0, count: slots * layout.parameterCount)
    forEachTable { _, count, state in state.update(repeating: 0, count: slots * count) }
  }

  /// Copies the loaded weights to where they may be changed.
  func leavePristine() {
    guard isPristine else { return }
    isPristine = false
    dense.update(from: pristineDense, count: layout.parameterCount)
    forEachTable { index, count, _ in
      local.tables[index].values.update(from: pristine.tables[index].values, count: count)
    }
  }

  /// Clears the gradients that the next step's backward pass adds to.
  func zeroGradients() {
    gradients.dense.update(repeating: 0, count: layout.parameterCount)
    zeroTables(gradients)
  }

  /// `earlier`, or where there is none new gradients, with zeros where a pass with sums (`Pass.sums`) adds to them.
  func clearedGradients(_ earlier: Gradients?, in arena: Arena) -> Gradients {
    let gradients = earlier ?? makeGradients(in: arena)
    for range in addedTo { (gradients.dense + range.lowerBound).update(repeating: 0, count: range.count) }
    zeroTables(gradients)
    return gradients
  }

  private func zeroTables(_ gradients: Gradients) {
    forEachTable { index, count, _ in gradients[.table(index)].update(repeating: 0, count: count) }
  }

  /// Adds to the last step's gradients those of mu / 2 ||theta - theta_loaded||^2. A step without state then moves all
  /// weights; others move the rows that its batch touches.
  func addPull(_ mu: Double) {
    let mu = Float(mu)
    func add(
      _ gradients: UnsafeMutablePointer<Float>, _ own: UnsafePointer<Float>, _ loaded: UnsafePointer<Float>,
      _ count: Int
    ) {
      for i in 0..<count { gradients[i] += mu * (own[i] - loaded[i]) }
    }
    add(gradients.dense, dense, pristineDense, layout.parameterCount)
    forEachTable { index, count, _ in
      add(gradients[.table(index)], local.tables[index].values, pristine.tables[index].values, count)
    }
  }

  /// One step along `gradients` on those of the weights `trained` that a batch touches; `touched` are the local rows of
  /// each `RowSpace.index`. Without it the step goes over all rows, which is the same for an optimiser without
  /// state: the rows that were not touched have gradients of zero.
  func step(
    _ gradients: StepGradients, rate: Double, _ trained: TrainedWeights,
    touched: UnsafePointer<UnsafeBufferPointer<Int32>>?
  ) {
    steps += 1
    let update = optimizer.step(steps, rate: rate)
    let movesAll = isPristine && trained == .all && touched == nil
    if movesAll { isPristine = false } else { leavePristine() }
    if let range = denseRange(trained) {
      let (source, stride) = (movesAll ? pristineDense : dense, layout.parameterCount)
      gradients.forEachRun(range, of: .dense, scratch: scratch) { start, run, count in
        update.apply(
          dense + start, from: source + start, run, state: denseState + start, stride: stride, count: count)
      }
    }
    guard trained == .all || trained == .embeddings else { return }
    forEachTable { index, stride, state in
      let table = local.tables[index]
      let source = movesAll ? pristine.tables[index].values : table.values
      func move(_ range: Range<Int>) {
        gradients.forEachRun(range, of: .table(index), scratch: scratch) { start, run, count in
          update.apply(
            table.values + start, from: source + start, run, state: state + start, stride: stride,
            count: count)
        }
      }
      guard let touched else { return move(0..<stride) }
      for row in touched[layout.tables[index].space.index] {
        move(Int(row) * table.width..<(Int(row) + 1) * table.width)
      }
    }
  }

  /// The dense weights that a step changes.
  private func denseRange(_ trained: TrainedWeights) -> Range<Int>? {
    switch trained {
    case .nothing, .embeddings: nil
    case .all, .dense: 0..<layout.parameterCount
    case .outputBias: layout.outputBias.map { $0..<$0 + 1 }
    }
  }

  /// Calls `body` with every table's index, number of floats and optimiser state.
  @inline(__always)
  private func forEachTable(_ body: (Int, Int, UnsafeMutablePointer<Float>) -> Void) {
    guard let floatCounts, let tableStates else { return }
    for index in 0..<layout.tables.count { body(index, floatCounts[index], tableStates[index]) }
  }
}
