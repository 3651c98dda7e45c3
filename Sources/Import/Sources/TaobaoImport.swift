import IO
import Support

/// Taobao's public logs, in which users see items and act on them: UserBehavior, and Ali Display Ad Click.
///
/// Exposures and actions are events with their codes in `/events/action`; exposures are the samples. Days are
/// days in China, UTC+8, as in the log. A sample knows the events of strictly earlier moments.
package enum TaobaoImport {
  package enum Source: Equatable, Sendable {
    /// UserBehavior.csv: user, item, category, behaviour (pv, cart, fav, buy), timestamp, without a header.
    /// A pv is an exposure; the others are actions, and `ActionCredit` finds the exposure each belongs to.
    case userBehavior(String)
    /// Ali Display Ad Click. raw_sample.csv: impressions of ads, clicked or not. ad_feature.csv: the ads'
    /// categories. behavior_log.csv, optional: a user's pv, cart, fav and buy on a brand's goods of a category.
    /// Its pv are no exposures of anything that could be a candidate and are left out; its actions become
    /// events on items `cate:C/brand:B` of the category C.
    case displayAds(rawSample: String, adFeature: String, behaviorLog: String?)

    /// The days that the public files are said to cover.
    var days: ClosedRange<CalendarDay> {
      switch self {
      // 2017-11-25 to 2017-12-03.
      case .userBehavior: CalendarDay(number: 17_495)...CalendarDay(number: 17_503)
      // 2017-05-06 to 2017-05-13.
      case .displayAds: CalendarDay(number: 17_292)...CalendarDay(number: 17_299)
      }
    }

    /// As it stands in the data set's provenance.
    var name: String {
      switch self {
      case .userBehavior: "UserBehavior"
      case .displayAds: "Ali Display Ad Click"
      }
    }
  }

  package struct Options: Sendable {
    package var source: Source
    /// The log's first and last day, of the public files if nil. Rows outside are left out and counted: the
    /// public files have some from before and from after their own days.
    package var firstDay: CalendarDay?
    package var lastDay: CalendarDay?
    /// The log's first days train and the rest test, unless `split` says otherwise.
    package var trainingDays = 5
    package var split: SplitRule?
    /// Days before the first one whose rows of behavior_log.csv still are history.
    package var historyDays = 14
    /// With UserBehavior: how long after its exposure an action counts.
    package var actionWindow = ActionCredit.Window.sameDay
    /// Only users with more training samples than this have samples; nil for all users.
    package var minimumTrainingSamples: Int? = 256
    /// Noted in the data set; nothing here is random.
    package var seed: UInt64 = 1
    package var malformed = MalformedLines.fail

    package init(_ source: Source) { self.source = source }
  }

  /// Seconds that the log's days are ahead of UTC's.
  package static let offset: Int64 = 8 * 3600

  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    let days = try options.days()
    let split = try options.split(of: days)
    let credit = ActionCredit(window: options.actionWindow, offset: offset)
    try credit.check()
    try DatasetBuilder.check(minimumTrainingSamples: options.minimumTrainingSamples)
    var provenance = Dataset.Provenance(
      kind: "taobao", splitRule: split.text, seed: options.seed, negativeSampling: "none",
      settings: [
        "log": options.source.name, "time_zone": "UTC+8", "on_error": options.malformed.rawValue,
        "first_day": "\(days.lowerBound)", "last_day": "\(days.upperBound)",
      ])
    if options.split == nil { provenance.settings["training_days"] = "\(options.trainingDays)" }
    if let minimum = options.minimumTrainingSamples {
      provenance.settings["minimum_training_samples"] = "\(minimum)"
    }

    var account = ImportAccount()
    var log = InteractionLog()
    var table = CategoryTable(items: 0, maximum: 1)
    let rule: DatasetBuilder.SampleRule
    let source: String
    switch options.source {
    case .userBehavior(let file):
      source = file
      try readUserBehavior(file, options, days, &log, &table, &provenance, &account, progress)
      rule = .credited(credit)
      account.labelSource = "cart, fav or buy after the pv, before the item's next pv"
      provenance.settings["action_window"] = credit.window.text
    case .displayAds(let rawSample, let adFeature, let behaviorLog):
      source = rawSample
      try readRawSample(rawSample, options, days, &log, &provenance, &account, progress)
      if let behaviorLog {
        try readBehaviorLog(behaviorLog, options, days, &log, &table, &provenance, &account, progress)
      }
      try readAdFeature(adFeature, options, log.items, &table, &provenance, &account, progress)
      rule = .clicks
      account.labelSource = "clk"
    }
    provenance.settings["labels"] = account.labelSource
    account.trimmedIds += log.trimmed
    table.cover(items: log.items.count)
    let builder = DatasetBuilder(
      rule: rule, split: split, minimumTrainingSamples: options.minimumTrainingSamples, seed: options.seed,
      progress: progress)
    let rows = try builder.build(&log, source: source)
    if case .credited = rule {
      provenance.settings["actions_without_exposure"] = "\(rows.uncreditedActions)"
      account.labelSource += "; \(rows.uncreditedActions) actions are credited to no exposure"
    }
    var advice = ImportAdvice(labels: "check the file's actions and --action-window")
    advice.split = "give other --train-days, or --split-fraction 0.8"
    advice.leftOut = "give the log's own --first-day and --last-day, or correct the file"
    advice.categories = "check the column of categories"
    return Dataset(
      rows, items: log.items, table, genome: nil, provenance, account, hasItemsFile: true, advice, progress)
  }

  /// The time that `spelling` says if it lies in `period`, nil if outside. Any number is a time: the public
  /// files have absurd ones, and those lie outside.
  @inline(__always)
  static func timestamp(
    _ spelling: Bytes, _ times: inout TimeReader, in period: Range<Int64>
  ) throws(MalformedLine) -> Int64? {
    if let value = spelling.wholeNumber { return period.contains(value) ? value : nil }
    let value = try times.anySeconds(spelling)
    return period.contains(value) ? value : nil
  }

  @inline(__always)
  static func action(_ spelling: Bytes) throws(MalformedLine) -> Dataset.Action {
    if spelling.spells("pv") { return .exposure }
    if spelling.spells("cart") { return .cart }
    if spelling.spells("fav") { return .favourite }
    if spelling.spells("buy") { return .buy }
    throw .outOfRange(field: "behaviour", text: spelling.excerpt, allowed: "pv, cart, fav or buy")
  }

  /// Counts rows outside `days` as left out, and refuses a file that has no others.
  static func leaveOut(
    outside: LineTally, _ lines: SourceLines, _ days: ClosedRange<CalendarDay>, isAll: Bool
  ) throws(ImportError) {
    let range = "\(days.lowerBound) to \(days.upperBound)"
    if isAll && outside.count > 0 { throw .outsideDays(file: lines.path, rows: outside.count, days: range) }
    lines.leaveOut("outside the days \(range)", outside, isExpected: false)
  }
}

extension TaobaoImport.Options {
  /// The log's days.
  fileprivate func days() throws(ImportError) -> ClosedRange<CalendarDay> {
    let first = firstDay ?? source.days.lowerBound
    let last = lastDay ?? source.days.upperBound
    guard first <= last else {
      throw .option(name: "last day", value: "\(last)", allowed: "not before the first day, \(first)")
    }
    guard historyDays >= 0 && historyDays <= 10_000 else {
      throw .option(name: "history days", value: "\(historyDays)", allowed: "from 0 to 10000")
    }
    return first...last
  }

  fileprivate func split(of days: ClosedRange<CalendarDay>) throws(ImportError) -> SplitRule {
    if let split {
      try split.check()
      return split
    }
    let count = Int(days.upperBound.number - days.lowerBound.number) + 1
    guard trainingDays >= 1 && trainingDays < count else {
      throw .option(
        name: "training days", value: "\(trainingDays)",
        allowed: "at least 1, and fewer than the \(count) of the log")
    }
    return .timestamp(days.lowerBound.advanced(by: trainingDays).start(offset: TaobaoImport.offset) - 1)
  }
}

extension ClosedRange<CalendarDay> {
  /// The seconds of these days and of `earlier` days before them.
  func timestamps(offset: Int64, earlier: Int = 0) -> Range<Int64> {
    lowerBound.advanced(by: -earlier).start(offset: offset)..<upperBound.advanced(by: 1).start(offset: offset)
  }
}
