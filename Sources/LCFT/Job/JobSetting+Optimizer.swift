import Models

extension JobSetting {
  /// The rows of the optimiser at `path`. Settings of one optimiser are refused with another.
  static func optimizer(
    _ path: WritableKeyPath<Job, Optimizer>, affects: SettingEffects
  ) -> [JobSetting] {
    let adam = SettingCondition.optimizer(path, [.adam(Adam())])
    return [
      JobSetting(
        "optimizer", path.appending(path: \.named), .name(of: Optimizer.names), affects: affects,
        "How weights follow their gradients."),
      JobSetting(
        "beta1", path.appending(path: \.adam.beta1), .number(0...0.999_999), affects: affects, when: adam,
        "Decay of the first moment."),
      JobSetting(
        "beta2", path.appending(path: \.adam.beta2), .number(0...0.999_999), affects: affects, when: adam,
        "Decay of the second moment."),
      JobSetting(
        "epsilon", path.appending(path: \.epsilon), .number(1e-12...1), affects: affects,
        when: .optimizer(path, [.adam(Adam()), .adagrad(Adagrad())]),
        defaultWords: "\(Adam().epsilon); \(Adagrad().epsilon) for adagrad",
        "Added to the root of the second moment, or of the sum of squares."),
    ]
  }
}

extension SettingCondition {
  /// A setting that only some optimisers have.
  fileprivate static func optimizer(
    _ path: WritableKeyPath<Job, Optimizer>, _ optimizers: [Optimizer]
  ) -> SettingCondition {
    let names = optimizers.map(\.name)
    return SettingCondition(
      words: "optimizer \(names.joined(separator: " or "))",
      holds: { names.contains($0[keyPath: path].name) },
      refusal: {
        "is a setting of the optimizer \(names.joined(separator: " or ")), but this one is \($0[keyPath: path].name)"
      })
  }
}

extension Optimizer {
  /// Its name. Another name makes it the optimiser of that name with its standard settings.
  fileprivate var named: String {
    get { name }
    set {
      guard newValue != name else { return }
      self = Optimizer.all.first { $0.name == newValue } ?? self
    }
  }

  /// Adam's settings, its standard ones where this is another optimiser, which cannot be given any.
  fileprivate var adam: Adam {
    get { if case .adam(let settings) = self { settings } else { Adam() } }
    set { if case .adam = self { self = .adam(newValue) } }
  }

  /// What is added to a root, of an optimiser that divides by one.
  fileprivate var epsilon: Double {
    get {
      switch self {
      case .sgd: Adam().epsilon
      case .adam(let settings): settings.epsilon
      case .adagrad(let settings): settings.epsilon
      }
    }
    set {
      switch self {
      case .sgd: break
      case .adam(var settings):
        settings.epsilon = newValue
        self = .adam(settings)
      case .adagrad(var settings):
        settings.epsilon = newValue
        self = .adagrad(settings)
      }
    }
  }
}
