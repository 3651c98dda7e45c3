import IO
import Support

extension Dataset {
  /// Joins what an importer has read, completes its account and tells it.
  init(
    _ rows: DatasetBuilder.Rows, items: borrowing IdentifierTable, _ table: borrowing CategoryTable,
    genome: GenomeReader.Genome? = nil, _ provenance: Provenance, _ account: ImportAccount,
    hasItemsFile: Bool,
    _ advice: ImportAdvice, _ progress: ImportProgress
  ) {
    let (offsets, categories) = table.columns()
    self.init(
      users: rows.users, events: rows.events, train: rows.train, test: rows.test,
      items: Items(id: items.column()), provenance: provenance)
    features.addCategories(
      table.categories.column(), offsets: offsets, values: categories, source: "the items' categories")
    if let genome {
      features.addGenome(
        width: genome.width, values: genome.values, missing: genome.missing, source: "the tag genome")
    }
    if let actions = rows.actions {
      features.addActions(Column(actions.values.lazy.map { Int32($0) }), source: "the kind of event")
    }
    countOccurrences()

    var account = account
    account.repeats = rows.repeats
    account.negatives = rows.negatives
    account.count(self, hasItemsFile: hasItemsFile)
    if let without = account.itemsWithoutMetadata {
      self.provenance.settings["items_without_category"] = "\(without)"
    }
    account.finish(&self, advice, progress)
  }
}

extension ImportAccount {
  /// Completes the account, whose counts are those of `dataset`, by its warnings, and tells it. Its lines follow those that
  /// the settings of `dataset` already have.
  mutating func finish(_ dataset: inout Dataset, _ advice: ImportAdvice, _ progress: ImportProgress) {
    review(split: dataset.provenance.splitRule, dataset.train.count, dataset.test.count, advice)
    let earlier = dataset.provenance.settings.keys.count { $0.hasPrefix(Self.settingPrefix) }
    dataset.provenance.settings.merge(settings(after: earlier)) { $1 }
    progress(.account(self))
  }

  /// Adds a file whose lines have all been read, also to the data set's sources.
  mutating func add(_ lines: SourceLines, _ provenance: inout Dataset.Provenance) {
    provenance.sources.append(lines.source)
    provenance.skippedLines += lines.skipped
    files.append(lines.account)
  }

  /// Adds what was found about the log's times, before its lines are added.
  /// - Parameter option: the option that says their unit, where there is one.
  mutating func add(_ times: TimeReader, _ lines: SourceLines, option: String? = nil) {
    if let guess = times.guess {
      lines.account.guesses.append(guess + (option.map { " (\($0) says otherwise)" } ?? ""))
    }
    fractionalTimes += times.fractions
    if times.early > 0, let unit = times.unit {
      let mend = (option.map { "give \($0), or " } ?? "") + "correct the file"
      warnings.append(.mixedTimes(times.early, unit: unit.name, mend: mend))
    }
  }
}
