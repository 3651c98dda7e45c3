import ArgumentParser
import Import

extension ImportCommand {
  struct Taobao: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "taobao",
      abstract: "Taobao's public logs of exposures and actions: UserBehavior, or Ali Display Ad Click.",
      discussion: """
        Examples:
          lcft import taobao --user-behavior UserBehavior.csv --on-error skip \\
            --output taobao.h5
          lcft import taobao --raw-sample raw_sample.csv \\
            --ad-feature ad_feature.csv --behavior-log behavior_log.csv \\
            --output ads.h5
        Files may be plain or .gz. With a header, columns are found by name; without one, they must be \
        in the public order.

        UserBehavior (user, item, category, behaviour, timestamp): a pv is an exposure and a sample; \
        cart, fav and buy are actions. A sample's label is 1 if the user acts on the item after that \
        pv, before the item's next pv, and on the same day (see --action-window). So an action counts \
        for one pv at most. Most carts and favourites of the public log have no pv of the item \
        before them; they are history only.

        Ali Display Ad Click: an impression in raw_sample is an exposure and a sample with label \
        clk. Actions in behavior_log are events on items "cate:C/brand:B" of category C, up to \
        --history-days before the first day; its page views are left out, as they show no ad. \
        To read user_profile.csv, the brand and price of ads, and the other columns of the files, use \
        lcft import table --schema ali-display-ad.

        A sample knows what happened at strictly earlier times. Days are in UTC+8. Rows \
        outside the log's days are left out and counted; both logs have some. The days are \
        2017-11-25 to 2017-12-03 for UserBehavior and 2017-05-06 to 2017-05-13 for Ali Display Ad \
        Click, unless --first-day and --last-day say otherwise. Users with too few training samples \
        keep their events and have no samples; a small file needs a small \
        --minimum-training-samples. This is a short form of lcft import table with the schemas \
        taobao-userbehavior and ali-display-ad.
        """)

    @Option(help: "UserBehavior.csv.", completion: .text)
    var userBehavior: String?

    @Option(help: "raw_sample.csv: user, time_stamp, adgroup_id, pid, nonclk, clk.", completion: .text)
    var rawSample: String?

    @Option(
      help: "ad_feature.csv: adgroup_id, cate_id, campaign_id, customer, brand, price.", completion: .text)
    var adFeature: String?

    @Option(help: "behavior_log.csv: user, time_stamp, btag, cate, brand.", completion: .text)
    var behaviorLog: String?

    @Option(help: ArgumentHelp("The log's first day, if not the public one.", valueName: "yyyy-mm-dd"))
    var firstDay: CalendarDay?

    @Option(help: ArgumentHelp("The log's last day, if not the public one.", valueName: "yyyy-mm-dd"))
    var lastDay: CalendarDay?

    @Option(help: "How many of the log's first days are for training (default: 5); later days are for test.")
    var trainDays: Int?

    @Option(help: "How many days of behavior_log before the first day are history (default: 14).")
    var historyDays: Int?

    @Option(
      help: ArgumentHelp(
        "How long after its pv an action counts: until the end of the day (the default), or this many seconds.",
        valueName: "day|seconds"))
    var actionWindow: ActionCredit.Window?

    @Option(help: "Only users with more training samples than this have samples.")
    var minimumTrainingSamples = 256

    @OptionGroup var options: ImportOptions

    func validate() throws {
      if (userBehavior == nil) == (rawSample == nil) {
        throw ValidationError("give --user-behavior, or --raw-sample and --ad-feature")
      }
      if (rawSample == nil) != (adFeature == nil) {
        throw ValidationError("--raw-sample and --ad-feature belong together")
      }
      if behaviorLog != nil && rawSample == nil {
        throw ValidationError("--behavior-log goes with --raw-sample and --ad-feature")
      }
      if historyDays != nil && behaviorLog == nil {
        throw ValidationError("--history-days is for --behavior-log: give that, too")
      }
      if actionWindow != nil && userBehavior == nil {
        throw ValidationError("--action-window is for --user-behavior: --raw-sample has labels")
      }
      if trainDays != nil && options.split != nil {
        throw ValidationError("give --train-days, --split-time or --split-fraction, not two of them")
      }
    }

    func run() throws {
      let source: TaobaoImport.Source =
        if let rawSample, let adFeature {
          .displayAds(rawSample: rawSample, adFeature: adFeature, behaviorLog: behaviorLog)
        } else {
          .userBehavior(userBehavior ?? "")
        }
      var settings = TaobaoImport.Options(source)
      settings.firstDay = firstDay
      settings.lastDay = lastDay
      settings.split = options.split
      if let trainDays { settings.trainingDays = trainDays }
      if let historyDays { settings.historyDays = historyDays }
      if let actionWindow { settings.actionWindow = actionWindow }
      settings.minimumTrainingSamples = minimumTrainingSamples
      settings.seed = options.seed
      settings.malformed = options.onError
      settings.rows = options.rows
      try importDataset(
        to: options, from: [userBehavior, rawSample, adFeature, behaviorLog],
        by: TaobaoImport.schema(settings)
      ) {
        try TaobaoImport.run(settings, progress: $0)
      }
    }
  }
}
