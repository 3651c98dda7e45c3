import IO
import YAML

/// What the parts of a schema say together.
extension Schema {
  /// Features of all owners, with those.
  package var features: [(owner: FeatureOwner, rule: FeatureRule)] {
    (users?.features ?? []).map { (.users, $0) } + (items?.features ?? []).map { (.items, $0) }
      + sampleFeatures.map { (.samples, $0) } + eventFeatures.map { (.events, $0) }
  }

  /// The log's columns that say what a user did with an item.
  package var labelColumns: [String] { log.impressions == nil ? label.columns : [log.item] }

  /// Those of them that are known only afterwards: of a ratio what is divided, and not what it is divided by, such as the
  /// length of a video.
  private var outcomeColumns: [String] {
    if case .threshold(let columns, _, _, _) = label { return Array(columns.prefix(1)) }
    return labelColumns
  }

  /// Whether events say what the user did, not only whether the user liked it.
  var hasActions: Bool { eventFeatures.contains { $0.source == .label } }

  func check(_ root: YAMLSection) throws {
    try checkLog(root)
    try checkLeaks(root)
    try checkVocabularies(root)
  }

  private func checkLog(_ root: YAMLSection) throws {
    if log.impressions != nil && root.has("label") {
      throw root.refusal("label", "stands with each item of log.item already: leave it out")
    }
    if let rule = eventFeatures.first(where: { $0.source == .label }) {
      switch label {
      case .values, .credit: break
      case .unstated, .none, .threshold, .impressions:
        throw try place(of: .events, root).refusal(
          rule.name, "is what the user did, which needs a label with credit, or one of values")
      }
    }
    guard let history else { return }
    for name in history.itemFeatures.keys.sorted() {
      let rule = items?.features.first { $0.name == name }
      if rule.map({ if case .column = $0.source, !$0.columns.isEmpty { true } else { false } }) ?? false {
        continue
      }
      throw try root.section("history").section("item_features").refusal(
        name, "is no feature of items that is made of one column")
    }
  }

  /// What is known only afterwards must not be seen of a candidate: not as a feature of the sample, nor as one of a user
  /// or an item that the log's own rows say.
  private func checkLeaks(_ root: YAMLSection) throws {
    for (owner, rules) in [
      (FeatureOwner.samples, sampleFeatures), (.users, users?.file == nil ? users?.features ?? [] : []),
      (.items, items?.file == nil ? items?.features ?? [] : []),
    ] {
      try checkLeaks(of: rules, try place(of: owner, root))
    }
  }

  private func checkLeaks(of rules: [FeatureRule], _ section: YAMLSection) throws {
    for rule in rules {
      if let column = rule.columns.first(where: outcomeColumns.contains) {
        throw section.refusal(
          rule.name,
          "is made of the label's column \(column), which is known only afterwards: list it under "
            + "event_features")
      }
      for other in eventFeatures {
        if other.name == rule.name {
          throw section.refusal(
            rule.name,
            "is an event feature, too: what is known when the item is shown belongs here, what is known "
              + "only afterwards under event_features")
        }
        if let column = rule.columns.first(where: other.columns.contains) {
          throw section.refusal(
            rule.name,
            "is made of the column \(column), as the event feature \(other.name) is, which is known only "
              + "afterwards: keep one of the two")
        }
      }
    }
  }

  /// Features that share a vocabulary say the same of it, and those that share a table share the vocabulary.
  private func checkVocabularies(_ root: YAMLSection) throws {
    var known: [(owner: FeatureOwner, name: String, rule: FeatureRule.Categorical)] = []
    for (owner, feature) in features {
      guard case .categorical(let rule) = feature.kind else { continue }
      let section = try place(of: owner, root)
      for other in known {
        let name = "\(other.owner.rawValue).\(other.name)"
        if other.rule.vocabulary == rule.vocabulary {
          if other.rule.minimumCount != rule.minimumCount || other.rule.hashRows != rule.hashRows {
            throw section.refusal(
              feature.name,
              "shares the vocabulary \(rule.vocabulary) with \(name) and must have the same min_count or "
                + "hash")
          }
        } else if other.rule.table == rule.table {
          throw section.refusal(
            feature.name,
            "shares the table \(rule.table) with \(name) and must share its vocabulary "
              + other.rule.vocabulary)
        }
      }
      known.append((owner, feature.name, rule))
    }
  }

  private func place(of owner: FeatureOwner, _ root: YAMLSection) throws -> YAMLSection {
    switch owner {
    case .users, .items: try root.section(owner.rawValue).section("features")
    case .samples: try root.section("sample_features")
    case .events: try root.section("event_features")
    }
  }
}
