/// A tensor of a checkpoint: its name within its group (`mlp/0/weight`), its shape and its values, row-major.
public struct NamedTensor: Sendable, Equatable {
  public var name: String
  public var shape: [Int]
  public var values: [Float]

  public init(name: String, shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "a tensor's shape counts its values")
    self.name = name
    self.shape = shape
    self.values = values
  }
}
