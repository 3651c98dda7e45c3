import IO
import Models

/// Why a checkpoint does not fit a job or a data set.
public enum CheckpointMismatch: Error, CustomStringConvertible {
  case model(file: String, found: String, wanted: String)
  case missing(file: String, tensor: String)
  case shape(file: String, tensor: String, found: [Int], wanted: [Int])
  case unexpected(file: String, tensor: String)
  case dataset(file: String)
  case job(file: String)

  public var description: String {
    switch self {
    case .model(let file, let found, let wanted):
      "\(file): holds a model \(found), the job asks for \(wanted)"
    case .missing(let file, let tensor): "\(file): \(tensor) is missing, which the job's model has"
    case .shape(let file, let tensor, let found, let wanted):
      "\(file): \(tensor) has the shape \(found), the job and the data set ask for \(wanted)"
    case .unexpected(let file, let tensor): "\(file): \(tensor) is not part of the job's model"
    case .dataset(let file): "\(file): was trained on another data set; train again or give that data set"
    case .job(let file):
      "\(file): was made by another job file; give that job file, or another --output"
    }
  }
}

extension Weights {
  /// The dense weights and moving statistics, as `/dense` holds them.
  package func denseTensors() -> [NamedTensor] {
    blocks.flatMap { block, parameters in
      parameters.map { parameter in
        NamedTensor(
          name: parameter.name, shape: parameter.shape,
          values: Array(UnsafeBufferPointer(start: block + parameter.offset, count: parameter.count)))
      }
    }
  }

  /// The embedding tables, as `/embeddings` holds them.
  package func embeddingTensors() -> [NamedTensor] {
    layout.tables.indices.map { index in
      let shape = tableShape(index)
      return NamedTensor(
        name: layout.tables[index].name, shape: shape,
        values: Array(UnsafeBufferPointer(start: tables[index], count: shape[0] * shape[1])))
    }
  }

  /// Copies a checkpoint's tensors into the weights. Throws `CheckpointMismatch` unless it has exactly the
  /// layout's tensors; `file` names it in errors.
  package func load(_ checkpoint: Checkpoint, file: String) throws {
    let dense = index(checkpoint.dense)
    var expected: Set<String> = []
    for (block, parameters) in blocks {
      for parameter in parameters {
        let tensor = try tensor(parameter.name, parameter.shape, in: dense, group: "/dense", file: file)
        tensor.values.withUnsafeBufferPointer {
          (block + parameter.offset).update(from: $0.baseAddress!, count: parameter.count)
        }
        expected.insert(parameter.name)
      }
    }
    if let extra = checkpoint.dense.first(where: { !expected.contains($0.name) }) {
      throw CheckpointMismatch.unexpected(file: file, tensor: "/dense/\(extra.name)")
    }
    let embeddings = index(checkpoint.embeddings)
    for index in layout.tables.indices {
      let shape = tableShape(index)
      let tensor = try tensor(
        layout.tables[index].name, shape, in: embeddings, group: "/embeddings", file: file)
      tensor.values.withUnsafeBufferPointer {
        guard let values = $0.baseAddress else { return }
        tables[index].update(from: values, count: $0.count)
      }
    }
    let names = Set(layout.tables.map(\.name))
    if let extra = checkpoint.embeddings.first(where: { !names.contains($0.name) }) {
      throw CheckpointMismatch.unexpected(file: file, tensor: "/embeddings/\(extra.name)")
    }
  }

  private var blocks: [(UnsafeMutablePointer<Float>, [Parameter])] {
    [(dense, layout.parameters), (statistics, layout.statistics)]
  }

  private func tableShape(_ index: Int) -> [Int] { [rows(ofTable: index), layout.tables[index].width] }

  private func index(_ tensors: [NamedTensor]) -> [String: NamedTensor] {
    Dictionary(tensors.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private func tensor(
    _ name: String, _ shape: [Int], in tensors: [String: NamedTensor], group: String, file: String
  ) throws -> NamedTensor {
    guard let tensor = tensors[name] else {
      throw CheckpointMismatch.missing(file: file, tensor: "\(group)/\(name)")
    }
    guard tensor.shape == shape else {
      throw CheckpointMismatch.shape(
        file: file, tensor: "\(group)/\(name)", found: tensor.shape, wanted: shape)
    }
    return tensor
  }
}
