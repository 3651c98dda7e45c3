import IO

/// Taobao's public logs, in which users see items and act on them: UserBehavior, and Ali Display Ad Click.
///
/// Exposures and actions are events with their codes in the event feature `action`; exposures are the samples. Days are
/// days in China, UTC+8, as in the log. A sample knows the events of strictly earlier moments. A short form over the
/// shipped schemas of the two.
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
    package var rows = RowRules()

    package init(_ source: Source) { self.source = source }
  }

  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws(ImportError) -> Dataset {
    try TableImport.run(schema(options), progress: progress)
  }

  /// The schema that the options and the first lines of the files say.
  package static func schema(_ options: Options) throws(ImportError) -> Schema {
    var schema: Schema
    switch options.source {
    case .userBehavior(let file):
      schema = try userBehavior(file, options)
    case .displayAds(let rawSample, let adFeature, let behaviorLog):
      schema = try displayAds(rawSample, adFeature, behaviorLog, options)
    }
    let days = try options.days(of: schema.log)
    schema.log.days = days
    schema.history?.days = days.lowerBound.advanced(by: -options.historyDays)...days.upperBound
    schema.split = try options.split(of: days)
    schema.seed = options.seed
    schema.minimumTrainingSamples = options.minimumTrainingSamples
    schema.malformed = options.malformed
    options.rows.apply(to: &schema)
    var advice = ImportAdvice(labels: "check the file's actions and --action-window")
    advice.split = "give other --train-days, or --split-fraction 0.8"
    advice.leftOut = "give the log's own --first-day and --last-day, or correct the file"
    advice.categories = "check the column of categories"
    schema.words = .init(timeUnit: nil, advice: advice)
    return schema
  }

  private static func userBehavior(_ file: String, _ options: Options) throws(ImportError) -> Schema {
    var schema = Schema.shortForm("taobao-userbehavior", kind: "taobao")
    schema.settings["log"] = "UserBehavior"
    let names = [
      ["user", "user_id", "userid"], ["item", "item_id", "itemid"],
      ["category", "category_id", "categoryid"], ["behavior", "behaviour", "behavior_type", "type"],
      ["timestamp", "time_stamp", "ts"],
    ]
    let columns = try FileColumns(file, orInOrder: names)
    schema.log.files = [file]
    schema.log.form.columns = columns.form.columns
    schema.log.guesses = columns.guesses
    schema.log.user = try columns.required(names[0])
    schema.log.item = try columns.required(names[1])
    schema.readCategory(from: .column(try columns.required(names[2])))
    if case .credit(var credit) = schema.label {
      (credit.column, credit.window) = (try columns.required(names[3]), options.actionWindow)
      schema.label = .credit(credit)
    }
    schema.log.time.column = try columns.required(names[4])
    return schema
  }

  private static func displayAds(
    _ rawSample: String, _ adFeature: String, _ behaviorLog: String?, _ options: Options
  ) throws(ImportError) -> Schema {
    var schema = Schema.shortForm("ali-display-ad", kind: "taobao")
    schema.settings["log"] = "Ali Display Ad Click"
    let (user, time) = (["user", "userid", "user_id"], ["time_stamp", "timestamp"])
    let samples = try FileColumns(
      rawSample, orInOrder: [user, time, ["adgroup_id"], ["pid"], ["nonclk"], ["clk"]])
    schema.log.files = [rawSample]
    schema.log.form.columns = samples.form.columns
    schema.log.guesses = samples.guesses
    schema.log.user = try samples.required(user)
    schema.log.time.column = try samples.required(time)
    let category = ["cate_id", "cate"]
    let ads = try FileColumns(
      adFeature, orInOrder: [["adgroup_id"], category, ["campaign_id"], ["customer"], ["brand"], ["price"]])
    schema.items?.file = adFeature
    schema.items?.form.columns = ads.form.columns
    schema.items?.form.missing = [""]
    schema.readCategory(from: .column(try ads.required(category)))
    guard let behaviorLog, var history = schema.history else {
      schema.history = nil
      return schema
    }
    let actions = try FileColumns(
      behaviorLog, orInOrder: [user, time, ["btag"], ["cate", "cate_id"], ["brand"]])
    history.files = [behaviorLog]
    history.form.columns = actions.form.columns
    history.user = try actions.required(user)
    history.time.column = try actions.required(time)
    let cate = try actions.required(["cate", "cate_id"])
    history.item = history.item.renamed(["cate": cate])
    history.itemFeatures = [Features.category: cate]
    schema.history = history
    return schema
  }
}

extension TaobaoImport.Options {
  /// The log's days, those of `log` where they are not given.
  fileprivate func days(of log: Schema.Log) throws(ImportError) -> ClosedRange<CalendarDay> {
    guard let known = log.days else { preconditionFailure("the schemas of Taobao's logs have days") }
    let (first, last) = (firstDay ?? known.lowerBound, lastDay ?? known.upperBound)
    guard first <= last else {
      throw .option(name: "last day", value: "\(last)", allowed: "not before the first day, \(first)")
    }
    guard historyDays >= 0 && historyDays <= 10_000 else {
      throw .option(name: "history days", value: "\(historyDays)", allowed: "from 0 to 10000")
    }
    return first...last
  }

  fileprivate func split(of days: ClosedRange<CalendarDay>) throws(ImportError) -> Schema.Split {
    if let split { return .init(split) }
    let count = Int(days.upperBound.number - days.lowerBound.number) + 1
    guard trainingDays >= 1 && trainingDays < count else {
      throw .option(
        name: "training days", value: "\(trainingDays)",
        allowed: "at least 1, and fewer than the \(count) of the log")
    }
    return .firstDays(trainingDays)
  }
}
