extension Activation {
  /// The layer of this kind for `columns` inputs; the names of its weights begin with `name`.
  func layer(_ name: String, columns: Int, in layout: inout ModelLayout) -> any Layer {
    switch self {
    case .sigmoid: Sigmoid()
    case .dice: Dice("\(name)/dice", columns: columns, in: &layout)
    case .prelu: PReLU("\(name)/prelu", columns: columns, in: &layout)
    case .relu: ReLU()
    }
  }
}
