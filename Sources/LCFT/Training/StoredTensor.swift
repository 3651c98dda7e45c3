import IO
import Models

/// A tensor of a checkpoint and where its values lie in memory, row-major.
package struct StoredTensor {
  /// Name within the group of the checkpoint's file.
  package let name: String
  package let shape: [Int]
  package let values: UnsafeMutablePointer<Float>
  /// Whose memory the values are, which has to stay as long as they are looked at.
  let owner: AnyObject
  /// What the rows of an embedding table stand for; nil for other tensors.
  package let space: RowSpace?
  /// The rows that this process has.
  package let rows: Range<Int>

  /// `rows` are those of a table that there are; all where nil.
  init(
    name: String, shape: [Int], values: UnsafeMutablePointer<Float>, owner: AnyObject,
    space: RowSpace? = nil, rows: Range<Int>? = nil
  ) {
    self.name = name
    self.shape = shape
    self.values = values
    self.owner = owner
    self.space = space
    self.rows = rows ?? 0..<(shape.first ?? 1)
  }

  /// A copy as checkpoints hold it, of a tensor whose rows are all here.
  package var tensor: NamedTensor {
    withExtendedLifetime(owner) {
      NamedTensor(
        name: name, shape: shape,
        values: Array(UnsafeBufferPointer(start: values, count: shape.reduce(1, *))))
    }
  }

  /// The tensor in `group` of a checkpoint's file.
  package func outline(in group: String) -> TensorOutline {
    TensorOutline(group: group, name: name, shape: shape)
  }

  /// Whether the rows that there are have finite numbers only.
  package var isFinite: Bool {
    let width = shape.dropFirst().reduce(1, *)
    return withExtendedLifetime(owner) {
      UnsafeBufferPointer(start: values + rows.lowerBound * width, count: rows.count * width)
        .allSatisfy(\.isFinite)
    }
  }
}

extension [StoredTensor] {
  /// Where the tensors of `group` go that the checkpoint `file` has: exactly these. Throws `CheckpointMismatch`.
  ///
  /// A table of users or items may have one row more than the file's: that of all users or items that the model does not
  /// know.
  package func targets(
    _ found: [TensorOutline], group: String, file: String
  ) throws -> [TensorTarget] {
    let own = found.filter { $0.group == group }
    let targets = try map { stored in
      guard let tensor = own.first(where: { $0.name == stored.name }) else {
        throw CheckpointMismatch.missing(file: file, tensor: "/\(group)/\(stored.name)")
      }
      guard tensor.shape == stored.shape || stored.hasUnknownRow(beside: tensor) else {
        throw CheckpointMismatch.shape(
          file: file, tensor: tensor.path, found: tensor.shape, wanted: stored.shape)
      }
      return TensorTarget(tensor, stored.values, rows: stored.rows.clamped(to: 0..<tensor.rows))
    }
    let names = Set(map(\.name))
    if let extra = own.first(where: { !names.contains($0.name) }) {
      throw CheckpointMismatch.unexpected(file: file, tensor: extra.path)
    }
    return targets
  }

  /// Gives each table that has one row more than the checkpoint's, one of `found`, the mean of the others in it, as that of
  /// unknown values is where no training sample has one.
  package func setUnknownRows(_ found: [TensorOutline]) {
    for stored in self {
      guard let tensor = found.first(where: { $0.name == stored.name }), tensor.shape != stored.shape else {
        continue
      }
      let width = tensor.width
      withExtendedLifetime(stored.owner) {
        MeanRow.write(
          of: stored.values, rows: tensor.rows, width: width, to: stored.values + tensor.rows * width)
      }
    }
  }
}

extension StoredTensor {
  /// Whether this table has all rows of `tensor` and one more.
  fileprivate func hasUnknownRow(beside tensor: TensorOutline) -> Bool {
    (space == .user || space == .item) && tensor.rows > 0
      && shape == [tensor.rows + 1] + tensor.shape.dropFirst()
  }
}
