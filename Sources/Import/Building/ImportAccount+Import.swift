import IO
import Support

extension ImportAccount {
  /// Completes the account, whose counts are those of `dataset`, by its warnings, and tells it. Its lines follow those that
  /// the settings of `dataset` already have.
  mutating func finish(_ dataset: inout Dataset, _ advice: ImportAdvice, _ progress: ImportProgress) {
    var advice = advice
    if SplitRule.isFraction(dataset.provenance.splitRule) { advice.split = advice.moreTimes }
    reviewTimes()
    review(split: dataset.provenance.splitRule, dataset.train.count, dataset.test.count, advice)
    let earlier = dataset.provenance.settings.keys.count { $0.hasPrefix(Self.settingPrefix) }
    dataset.provenance.settings.merge(settings(after: earlier)) { $1 }
    var record = dataset.provenance.record ?? ImportRecord()
    record.append(ImportRecord(self, dataset.provenance.sources))
    dataset.provenance.record = record
    progress(.account(self))
  }

  /// Adds the warnings that follow from the times.
  private mutating func reviewTimes() {
    guard let times else { return }
    if let format = TimeFormat.compact(times) {
      warnings.append(.datesAsSeconds(times, format: format + (hasMicroseconds ? "%f" : "")))
    } else if times.upperBound >= 4_102_444_800 {
      let year = CalendarDay(of: times.upperBound, offset: 0).description.prefix { $0 != "-" }
      warnings.append(.distantTimes(year: Int64(year) ?? 0))
    } else {
      // One such row moves the last days of a log, and so a split.
      let (first, last) = (times.lowerBound, times.upperBound)
      if last > Int64(time(nil)) + 2 * 86_400 {
        warnings.append(.unlikelyTimes("run up to \(CalendarDay(of: last, offset: 0)), which is yet to come"))
      }
      // Numbers before 1979 are counted where they are read, and made-up logs may count from 1.
      let isCounted = warnings.contains { if case .mixedTimes = $0 { true } else { false } }
      if first < TimeReader.firstLikely, last >= TimeReader.firstLikely, !isCounted {
        warnings.append(.unlikelyTimes("begin on \(CalendarDay(of: first, offset: 0))"))
      }
    }
  }

  /// Adds a file whose lines have all been read, also to the data set's sources.
  mutating func add(_ lines: SourceLines, _ provenance: inout Dataset.Provenance) {
    if lines.rowLimit == nil { provenance.sources.append(lines.source) }
    provenance.skippedLines += lines.skipped
    files.append(lines.account)
  }

  /// Adds what was found about the log's times, before its lines are added.
  /// - Parameter option: the option that says their unit, where there is one.
  mutating func add(_ times: TimeReader, _ lines: SourceLines, option: String? = nil) {
    if let guess = times.guess {
      if times.unit == .microseconds { hasMicroseconds = true }
      lines.account.guesses.append(guess + (option.map { " (\($0) says otherwise)" } ?? ""))
    }
    fractionalTimes += times.fractions
    if times.early > 0, let unit = times.unit {
      let verb = times.isGiven ? "correct" : "give"
      let mend = (option.map { "\(verb) \($0), or " } ?? "") + "correct the file"
      warnings.append(.mixedTimes(times.early, unit: unit.name, isGiven: times.isGiven, mend: mend))
    }
  }
}

extension ImportRecord {
  /// What `account` says of its files, of which `sources` has the digests.
  fileprivate init(_ account: ImportAccount, _ sources: [Dataset.Provenance.Source]) {
    self.init()
    for (index, file) in account.files.enumerated() {
      let digest = sources.first { $0.path == file.file }?.sha256 ?? ""
      files.append(File(path: file.file, sha256: digest, rows: file.rows, used: file.usedRows))
      func rows(_ entries: [RowAccount.Entry], _ outcome: Outcome) -> [Rows] {
        entries.map {
          Rows(
            file: index, outcome: outcome, reason: $0.what, count: $0.count, line: $0.line,
            example: String($0.example.prefix(200)))
        }
      }
      self.rows += rows(file.leftOut, .leftOut) + rows(file.lostValues, .lostValue)
      fields += file.usedColumns.map { Field(file: index, name: $0, isUsed: true) }
      fields += file.unusedColumns.map { Field(file: index, name: $0, isUsed: false) }
    }
  }
}

extension Dataset.Provenance {
  /// Adds to a setting that counts over all files.
  mutating func add(_ count: Int, to setting: String) {
    settings[setting] = "\((settings[setting].flatMap(Int.init) ?? 0) + count)"
  }
}
