import Models

/// One user's weights while a method changes them: the user's submodel and the dense layers, and how to
/// start over from the cloud model.
final class UserWeights {
  /// The tables as the cloud model has them, and the ones that methods change.
  private var pristine: Submodel
  private(set) var local: Submodel
  private let layout: ModelLayout
  private let cloudDense: UnsafePointer<Float>
  /// [layout.parameterCount]
  let dense: UnsafeMutablePointer<Float>
  let denseGradients: UnsafeMutablePointer<Float>
  private var floatCounts: UnsafePointer<Int>?

  init(cloud: Weights) {
    layout = cloud.layout
    cloudDense = UnsafePointer(cloud.dense)
    dense = .allocate(capacity: max(1, layout.parameterCount))
    denseGradients = .allocate(capacity: max(1, layout.parameterCount))
    pristine = .empty
    local = .empty
  }

  deinit {
    dense.deallocate()
    denseGradients.deallocate()
  }

  /// Takes over a user's submodel, fresh from the cloud model; its tables have the rows that `builder`
  /// numbered. Valid as long as `arena` is not reset.
  func load(_ submodel: Submodel, from builder: SubmodelBuilder, in arena: Arena) {
    pristine = submodel
    let counts = arena.take(layout.tables.count, of: Int.self)
    let tables = arena.take(layout.tables.count, of: LocalTable.self)
    for index in layout.tables.indices {
      let count = builder.rows(layout.tables[index].field).partition.count * layout.tables[index].width
      counts[index] = count
      tables[index] = submodel.tables[index]
      tables[index].values = arena.take(count, of: Float.self)
    }
    floatCounts = UnsafePointer(counts)
    local = submodel
    local.tables = UnsafePointer(tables)
    restore()
  }

  /// Puts the cloud model's weights back.
  func restore() {
    dense.update(from: cloudDense, count: layout.parameterCount)
    forEachTable { index, count in
      local.tables[index].values.update(from: pristine.tables[index].values, count: count)
    }
  }

  func zeroGradients() {
    denseGradients.update(repeating: 0, count: layout.parameterCount)
    forEachTable { index, count in local.tables[index].gradients.update(repeating: 0, count: count) }
  }

  /// One step of gradient descent on everything.
  func step(rate: Float) {
    SGD.step(dense, denseGradients, rate: rate, count: layout.parameterCount)
    forEachTable { index, count in
      SGD.step(local.tables[index].values, local.tables[index].gradients, rate: rate, count: count)
    }
  }

  /// Calls `body` with every table's index and number of floats.
  @inline(__always)
  private func forEachTable(_ body: (Int, Int) -> Void) {
    guard let floatCounts else { return }
    for index in 0..<layout.tables.count { body(index, floatCounts[index]) }
  }
}
