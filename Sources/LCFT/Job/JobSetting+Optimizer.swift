import Models

extension JobSetting {
  /// The rows of the optimiser at `path`. Adam's settings are refused with another optimiser.
  static func optimizer(
    _ path: WritableKeyPath<Job, Optimizer>, affects: SettingEffects
  ) -> [JobSetting] {
    let adam = SettingCondition(words: "optimizer adam") {
      $0[keyPath: path].name == Optimizer.adam(Adam()).name
    } refusal: {
      "is a setting of the optimizer adam, this one is \($0[keyPath: path].name)"
    }
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
        "epsilon", path.appending(path: \.adam.epsilon), .number(1e-12...1), affects: affects, when: adam,
        "Added to the root of the second moment."),
    ]
  }
}

extension Optimizer {
  /// Its name. Another name makes it the optimiser of that name with its standard settings.
  fileprivate var named: String {
    get { name }
    set {
      guard newValue != name else { return }
      self = [.sgd, .adam(Adam())].first { $0.name == newValue } ?? self
    }
  }

  /// Adam's settings, its standard ones where this is another optimiser, which cannot be given any.
  fileprivate var adam: Adam {
    get { if case .adam(let settings) = self { settings } else { Adam() } }
    set { if case .adam = self { self = .adam(newValue) } }
  }
}
