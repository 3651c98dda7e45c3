import IO

/// A tensor of a checkpoint and where its values lie in memory, row-major.
package struct StoredTensor {
  /// Name within the group of the checkpoint's file.
  var name: String
  var shape: [Int]
  var values: UnsafeMutablePointer<Float>
  /// Whose memory the values are, which has to stay as long as they are looked at.
  let owner: AnyObject

  /// A copy as checkpoints hold it.
  package var tensor: NamedTensor {
    withExtendedLifetime(owner) {
      NamedTensor(
        name: name, shape: shape,
        values: Array(UnsafeBufferPointer(start: values, count: shape.reduce(1, *))))
    }
  }
}

extension [StoredTensor] {
  /// Copies a checkpoint's `tensors` of `group` to where they belong. Throws `CheckpointMismatch` unless
  /// they are exactly these; `file` names the checkpoint in errors.
  package func load(_ tensors: [NamedTensor], group: String, file: String) throws {
    let found = Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    for stored in self {
      guard let tensor = found[stored.name] else {
        throw CheckpointMismatch.missing(file: file, tensor: "\(group)/\(stored.name)")
      }
      guard tensor.shape == stored.shape else {
        throw CheckpointMismatch.shape(
          file: file, tensor: "\(group)/\(stored.name)", found: tensor.shape, wanted: stored.shape)
      }
      withExtendedLifetime(stored.owner) {
        tensor.values.withUnsafeBufferPointer {
          guard let values = $0.baseAddress else { return }
          stored.values.update(from: values, count: $0.count)
        }
      }
    }
    let names = Set(map(\.name))
    if let extra = tensors.first(where: { !names.contains($0.name) }) {
      throw CheckpointMismatch.unexpected(file: file, tensor: "\(group)/\(extra.name)")
    }
  }
}
