import YAML

extension Job {
  /// What `lcft search --cloud` tries: settings of the cloud model and of its training.
  package struct CloudSearch: Sendable, Equatable {
    package enum Method: String, Sendable, CaseIterable {
      /// Every combination of the values.
      case grid
      /// Values drawn for each candidate.
      case random
      /// Drawn candidates, of which the better ones are trained for longer.
      case halving
    }

    /// A setting with what is tried.
    package struct Tried: Sendable, Equatable {
      package var key: String
      package var values: Values
    }

    package enum Values: Sendable, Equatable {
      /// As YAML.
      case list([String])
      case range(from: Double, to: Double, isLogarithmic: Bool)
    }

    package var method = Method.grid
    /// In the order of the file.
    package var settings: [Tried] = []
    /// How many candidates are drawn.
    package var candidates = 9
    /// Halving keeps one of so many candidates and trains it so many times as long.
    package var factor = 3

    /// Settings on which the data in memory and the order of sums depend, and those that change no result.
    private static let fixed = [
      "model.name", "model.histories", "model.history_length", "model.features", "model.genome",
      "training.virtual_shards", "training.tables", "training.checkpoint_steps",
      "training.checkpoint_minutes",
    ]

    /// Whether candidates may differ in the setting `key`.
    package static func tries(_ key: String) -> Bool {
      (key.hasPrefix("model.") || key.hasPrefix("training.")) && !fixed.contains(key)
        && Job.setting(key) != nil
    }
  }

  static var cloudSearchSection: JobSection {
    JobSection(
      "cloud",
      "What `lcft search --cloud` tries for the cloud model. Candidates are judged by `validation`, which must be given.",
      [
        JobSetting(
          "method", \.search.cloud.method, .choice(CloudSearch.Method.allCases), affects: .searchPoints,
          "Every combination of the values (grid), drawn candidates (random), or drawn candidates of which the better ones "
            + "are trained for longer (halving): from few epochs to `training.epochs`."),
        JobSetting(
          "settings", \.search.cloud.settings, .tried, affects: .searchPoints,
          "Settings of `model` and `training` by name, such as `training.learning_rate`, each with a list of values or, where "
            + "candidates are drawn, a range of numbers; on a logarithmic scale with `log: true`."),
        JobSetting(
          "candidates", \.search.cloud.candidates, .integer(1...10_000), affects: .searchPoints, when: .drawn,
          "How many candidates are drawn."),
        JobSetting(
          "factor", \.search.cloud.factor, .integer(2...100), affects: .searchPoints, when: .halving,
          "After each round, the best one in this many candidates goes on, and is trained for this many times as long."
        ),
      ],
      check: { job, section in
        let cloud = job.search.cloud
        for tried in cloud.settings {
          if case .range = tried.values, cloud.method == .grid {
            throw section.refusal(
              "settings", "has a range for \(tried.key), which a grid cannot have; list its values")
          }
          if tried.key == "training.epochs", cloud.method == .halving {
            throw section.refusal(
              "settings", "has training.epochs, which halving itself varies; leave it out")
          }
        }
      })
  }
}

extension SettingCondition {
  fileprivate static var drawn: SettingCondition {
    SettingCondition(
      words: "method random or halving", holds: { $0.search.cloud.method != .grid },
      refusal: { _ in "is of drawn candidates, but the method is grid" })
  }

  fileprivate static var halving: SettingCondition {
    SettingCondition(
      words: "method halving", holds: { $0.search.cloud.method == .halving },
      refusal: { "is of the method halving, but this one is \($0.search.cloud.method.rawValue)" })
  }
}

extension SettingValue where Value == [Job.CloudSearch.Tried] {
  fileprivate static var tried: Self {
    SettingValue(
      words: "`{KEY: [VALUE, ...], ...}` or `{KEY: {from: NUMBER, to: NUMBER, log: true}, ...}`",
      read: { section, key, fallback in
        guard section.has(key) else { return fallback }
        let mapping = try section.section(key)
        return try mapping.keys.map { name in
          guard Job.CloudSearch.tries(name) else {
            throw mapping.refusal(
              name,
              "is not searched; name a setting of model or training other than what the data in "
                + "memory depends on")
          }
          return Job.CloudSearch.Tried(key: name, values: try values(name, mapping))
        }
      },
      text: { tried in
        tried.isEmpty ? nil : "{\(tried.map { "\($0.key): \(text($0.values))" }.joined(separator: ", "))}"
      },
      samples: [
        [.init(key: "training.learning_rate", values: .list(["0.1", "0.2"]))],
        [.init(key: "training.batch_size", values: .list(["16"]))],
      ])
  }

  private static func values(_ name: String, _ mapping: YAMLSection) throws -> Job.CloudSearch.Values {
    if mapping.isSection(name) {
      let range = try mapping.section(name)
      let isLogarithmic = try range.boolean("log", default: false)
      let all = -1e9...1e9
      let (from, to) = (
        try range.number("from", default: .nan, in: all), try range.number("to", default: .nan, in: all)
      )
      try range.finish()
      guard from < to, !isLogarithmic || from > 0 else {
        throw mapping.refusal(name, "must rise from `from` to `to`, above 0 with log: true")
      }
      return .range(from: from, to: to, isLogarithmic: isLogarithmic)
    }
    guard let elements = mapping.value(of: name)?.elements, !elements.isEmpty, elements.count <= 1000 else {
      throw mapping.refusal(name, "must be a list of 1 to 1000 values, or {from: NUMBER, to: NUMBER}")
    }
    return .list(elements.map(\.text))
  }

  private static func text(_ values: Job.CloudSearch.Values) -> String {
    switch values {
    case .list(let texts): "[\(texts.joined(separator: ", "))]"
    case .range(let from, let to, let isLogarithmic):
      "{from: \(from), to: \(to)\(isLogarithmic ? ", log: true" : "")}"
    }
  }
}
