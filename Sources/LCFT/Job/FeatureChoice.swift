import YAML

/// Which features of the data set a job's model takes.
package enum FeatureChoice: Sendable, Equatable {
  /// All that the job's histories can have (`FeatureSelection`).
  case all
  case only([String])
  case without([String])
}

extension SettingValue where Value == FeatureChoice {
  static var features: Self {
    SettingValue(
      words:
        "`all`, `{only: [NAME, ...]}` or `{without: [NAME, ...]}`, with `OWNER/NAME` where several owners have "
        + "a feature of the name",
      read: { section, key, fallback in
        guard section.isSection(key) else {
          guard section.has(key) else { return fallback }
          _ = try section.scalar(key, default: "", "all, {only: [NAME, ...]} or {without: [NAME, ...]}") {
            $0.scalar.flatMap { $0.string == "all" ? $0.string : nil }
          }
          return .all
        }
        let mapping = try section.section(key)
        let (only, without) = (try names("only", mapping), try names("without", mapping))
        try mapping.finish()
        switch (only, without) {
        case (let names?, nil): return .only(names)
        case (nil, let names?): return .without(names)
        default: throw section.refusal(key, "must be all, {only: [NAME, ...]} or {without: [NAME, ...]}")
        }
      },
      text: { choice in
        switch choice {
        case .all: "all"
        case .only(let names): "{only: [\(names.map(yamlText).joined(separator: ", "))]}"
        case .without(let names): "{without: [\(names.map(yamlText).joined(separator: ", "))]}"
        }
      },
      samples: [.all, .without(["brand", "users/age"])])
  }

  /// The names of a list, nil where there is none.
  private static func names(_ key: String, _ section: YAMLSection) throws -> [String]? {
    guard section.has(key) else { return nil }
    return try section.list(key, default: [], counts: 0...10_000, "a list of names of features") {
      $0.scalar.map(\.string)
    }
  }
}

/// The widths of features' embeddings that a job gives.
package struct FeatureWidthSetting: Sendable, Equatable {
  /// Of all features without one of their own; nil: that of categories.
  package var common: Int?
  /// By name, in the order of the bytes of the names.
  package var named: [Named] = []

  package struct Named: Sendable, Equatable {
    package var name: String
    package var width: Int
  }
}

extension SettingValue where Value == FeatureWidthSetting {
  static func featureWidths(_ range: ClosedRange<Int>) -> Self {
    let number = SettingValue<Int>.integer(range)
    return SettingValue(
      words: "\(number.words), or `{NAME: WIDTH, ...}`",
      read: { section, key, fallback in
        guard section.has(key) else { return fallback }
        guard section.isSection(key) else {
          return FeatureWidthSetting(common: try section.integer(key, default: 1, in: range))
        }
        let mapping = try section.section(key)
        let named = try mapping.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map {
          FeatureWidthSetting.Named(name: $0, width: try mapping.integer($0, default: 1, in: range))
        }
        return FeatureWidthSetting(named: named)
      },
      text: { widths in
        if let common = widths.common { return "\(common)" }
        return widths.named.isEmpty
          ? nil : "{\(widths.named.map { "\(yamlText($0.name)): \($0.width)" }.joined(separator: ", "))}"
      },
      samples: [FeatureWidthSetting(common: 5), FeatureWidthSetting(named: [.init(name: "brand", width: 4)])])
  }
}
