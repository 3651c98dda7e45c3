import IO
import Support

/// Puts collected values in the order of the data set's rows.
struct FeatureColumns {
  private let schema: Schema
  private let set: FeatureSet
  /// By owner and part: [rows] the record that each row's values are of, -1 where there is none.
  private let records: [FeatureOwner: [RecordRows]]
  /// The same of owners with one part whose features have records of their own, by collector.
  private let first: [FeatureOwner: [RecordRows]]

  init(
    _ schema: Schema, _ set: FeatureSet, records: [FeatureOwner: [RecordRows]],
    first: [FeatureOwner: [RecordRows]]
  ) {
    self.schema = schema
    self.set = set
    self.records = records
    self.first = first
  }

  func rules(_ owner: FeatureOwner) -> [FeatureRule] {
    schema.features.filter { $0.owner == owner }.map(\.rule)
  }

  /// Feature `index` of `owner`; nil for one with a file of its own.
  func feature(_ owner: FeatureOwner, _ index: Int) -> Feature? {
    guard let collectors = set.collectors[owner], let collector = collectors[index] else { return nil }
    let place = collectors[..<index].count { $0 != nil }
    guard let parts = records[owner] ?? first[owner].map({ [$0[place]] }) else { return nil }
    let file =
      switch owner {
      case .users: schema.users?.file
      case .items: schema.items?.file
      case .samples, .events: nil as String?
      }
    let rule = collector.rule
    var feature = Feature(
      rule.name, rule.unfitted, collector.columns(parts),
      description: rule.description(of: owner),
      source: Schema.source(file ?? schema.log.files[0], rule.source.text))
    feature.intervals = feature.intendedIntervals
    return feature
  }
}

extension FeatureRule {
  /// In words, for readers of the file.
  func description(of owner: FeatureOwner) -> String {
    switch owner {
    case .users: "\(name) of the user"
    case .items: "\(name) of the item"
    case .samples: "\(name) when the item was shown"
    case .events: "\(name) of the event, known afterwards"
    }
  }
}

extension Schema {
  /// `members.csv: age`
  static func source(_ file: String, _ column: String) -> String {
    "\(file.split(separator: "/").last.map(String.init) ?? file): \(column)"
  }
}

extension ImportAccount {
  /// Counts values, missing and rare ones of `features`, whose vocabularies have been counted, but of those that
  /// `isLeftOut` says.
  mutating func count(_ features: Features, except isLeftOut: (FeatureOwner, String) -> Bool) {
    for owner in FeatureOwner.allCases {
      for feature in features[owner] where !isLeftOut(owner, feature.name) {
        self.features.append(Feature(owner, feature, features))
      }
    }
  }
}

extension FeatureColumn {
  /// How many of the column's `count` rows have no value.
  fileprivate func missing(_ count: Int) -> Int {
    var missing = 0
    for rows in Pieces(count, bytesPerRow: 16) {
      for row in rows where isMissing(row) { missing += 1 }
    }
    return missing
  }
}

extension ImportAccount.Feature {
  fileprivate init(_ owner: FeatureOwner, _ feature: IO.Feature, _ features: Features) {
    self.init(path: "\(owner.rawValue)/\(feature.name)", kind: "categorical")
    for column in feature.columns {
      let count = column.count(width: feature.vectorWidth ?? 1)
      rows += count
      missing += column.missing(count)
    }
    switch feature.kind {
    case .numeric: kind = (["numeric"] + feature.stepNames).joined(separator: ", ")
    case .vector(let width): kind = "vector of \(width)"
    case .categorical:
      guard let vocabulary = features.vocabulary(of: feature) else { return }
      values = vocabulary.count
      collisions = vocabulary.collisions
      rare = vocabulary.count - vocabulary.known
      let occurrences = vocabulary.counts.values.reduce(0, +)
      let ofRare = vocabulary.counts.values[vocabulary.known...].reduce(0, +)
      rareShare = occurrences == 0 ? 0 : Double(ofRare) / Double(occurrences)
    }
  }
}
