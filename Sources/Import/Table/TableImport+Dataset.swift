import IO
import Support

/// Joining what was read.
extension TableImport {
  mutating func assemble(
    _ rows: DatasetBuilder.Rows
  ) throws(ImportError) -> Dataset {
    guard let origins = rows.origins else { preconditionFailure("the builder tracks origins") }
    var dataset = Dataset(
      users: rows.users, events: rows.events, train: rows.train, test: rows.test,
      items: Dataset.Items(id: log.items.column()), provenance: provenance)
    // Events of histories have no record in the log, unless records are arranged as its rows are.
    let hasRecords = isArranged || (schema.history == nil && schema.log.history == nil)
    let events = hasRecords ? origins.events : origins.events.without(from: self.rows)
    let columns = FeatureColumns(
      schema, features,
      records: [.samples: [origins.train, origins.test], .events: [events]],
      first: [.users: ofUsers.columns(log.users.count), .items: ofItems.columns(log.items.count)])
    var actions: [Vocabulary] = []
    for owner in FeatureOwner.allCases {
      for (index, rule) in columns.rules(owner).enumerated() {
        try checkMemory()
        if let feature = columns.feature(owner, index) {
          dataset.features[owner].append(feature)
        } else if rule.source == .label, let codes = rows.actions {
          let (feature, vocabulary) = action(rule, codes)
          dataset.features[owner].append(feature)
          actions.append(vocabulary)
        } else if let feature = try readVector(rule, owner) {
          dataset.features[owner].append(feature)
        }
      }
    }
    dataset.features.vocabularies = features.vocabularies.map { $0.vocabulary() } + actions
    dataset.dropUnusedValues()
    dataset.countOccurrences()
    dataset.orderVocabularies()
    for (owner, name) in dataset.fitNumericSteps() {
      account.warnings.append(
        .unfitted("\(owner.rawValue)/\(name)", mend: "leave the feature out, or give another split"))
    }
    try checkMemory()
    dataset.provenance = provenance
    complete(&dataset, rows)
    return dataset
  }

  /// What the user did at each event.
  private func action(_ rule: FeatureRule, _ codes: Column<UInt8>) -> (Feature, Vocabulary) {
    guard case .categorical(let categorical) = rule.kind else {
      preconditionFailure("actions are categories")
    }
    let feature = Feature(
      rule.name, rule.unfitted, [.values(codes.map { Int32($0) })],
      description: "what the user did at the event",
      source: Schema.source(schema.log.files[0], schema.labelColumns.joined(separator: ", ")))
    return (feature, Vocabulary(actionsNamed: categorical.vocabulary))
  }

  /// A vector with a file of its own.
  private mutating func readVector(
    _ rule: FeatureRule, _ owner: FeatureOwner
  ) throws(ImportError) -> Feature? {
    guard case .vector(.long(let table)) = rule.kind else { return nil }
    var reader = GenomeReader(table)
    reader.malformed = schema.malformed
    let name = owner == .users ? "user" : "item"
    reader.words = (name, "vector \(rule.name)", "the \(name) is not in the log")
    let vectors =
      owner == .users
      ? try reader.read(table.file, log.users, &provenance, &account, progress)
      : try reader.read(table.file, log.items, &provenance, &account, progress)
    return Feature(
      rule.name, .vector(width: vectors.width), [.numbers(vectors.values, missing: vectors.missing)],
      description: rule.description(of: owner), source: Schema.source(table.file, table.value))
  }

  /// Counts the log's repeated rows in the accounts of their files.
  private mutating func leaveOut(_ repeats: Column<Int64>) {
    var counts = [Int](repeating: 0, count: account.files.count)
    for piece in Pieces(repeats.count, bytesPerRow: MemoryLayout<Int64>.stride) {
      for row in piece.lazy.map({ Int(repeats[$0]) }) {
        let next = bisect(fileRows.count) { fileRows[$0].rows.lowerBound > row }
        // None where the item stood in a list of those that the user had before.
        guard next > 0, fileRows[next - 1].rows.contains(row) else { continue }
        counts[fileRows[next - 1].file] += 1
      }
    }
    for (file, count) in counts.enumerated() where count > 0 {
      if schema.log.impressions != nil && file < schema.log.files.count {
        account.files[file].lose("an item repeats the user, item and time of another", count: count, line: 0)
      } else {
        account.files[file].leaveOut(RowAccount.repeated, count: count, line: 0)
      }
    }
  }

  private mutating func complete(
    _ dataset: inout Dataset, _ rows: DatasetBuilder.Rows
  ) {
    account.repeats = rows.repeats
    leaveOut(rows.repeatedRows)
    account.belowMinimum = rows.belowMinimum
    account.otherLabels = rows.otherLabels
    account.negatives = rows.negatives
    account.count(dataset, hasItemsFile: schema.items?.describesCategories == true)
    if let without = account.itemsWithoutMetadata {
      dataset.provenance.settings["items_without_category"] = "\(without)"
    }
    // A feature that is made of nothing misses nothing.
    let empty = schema.features.filter { $0.rule.source == .columns([]) }
    account.count(dataset.features) { owner, name in
      empty.contains { $0.owner == owner && $0.rule.name == name }
    }
    account.finish(&dataset, schema.words.advice ?? .schema, progress)
  }
}

extension Schema.Entities {
  /// Whether items have categories from anywhere.
  fileprivate var describesCategories: Bool {
    features.contains { $0.name == Features.category && !$0.columns.isEmpty }
  }
}

extension ImportAdvice {
  /// In the words of a schema.
  static var schema: ImportAdvice {
    var advice = ImportAdvice(labels: "give another label.column, label.positive or label.at_least")
    advice.split = "give split: {fraction: 0.8}, or a split.time inside the log"
    advice.leftOut = "correct the file, or what the schema says of its columns"
    advice.categories = "give the right column, or min_count: 2"
    advice.repeats = "give the right columns of log.user, log.item and log.time, or repeats: keep"
    advice.items = "give the right key: both files must have the same ids"
    advice.noSamples = "give negatives: {keep_first: true}, or a log with more rows per user"
    advice.negatives = "give negatives: {own_items: as-negatives}, or a log of more items"
    return advice
  }
}
