/// A tensor of a checkpoint: its name within its group (`mlp/0/weight`), its shape and its values, row-major.
package struct NamedTensor: Sendable, Equatable {
  package var name: String
  package var shape: [Int]
  package var values: [Float]

  package init(name: String, shape: [Int], values: [Float]) {
    precondition(shape.reduce(1, *) == values.count, "a tensor's shape counts its values")
    self.name = name
    self.shape = shape
    self.values = values
  }
}
