import Foundation
import IO
import Support
import TestSupport
import Testing

/// The logs of exposures and actions.
extension WholePathTests {
  /// A log of exposures and actions: 40 users of 30 items, with ties in time, rows out of order and outside the
  /// days, absurd times and malformed lines.
  static func userBehavior() -> String {
    var random = KeyedRandom(seed: 5)
    var rows = ""
    for row in 0..<4000 {
      let behaviour = ["pv", "pv", "pv", "pv", "cart", "fav", "buy"][random.below(7)]
      // Ten days from a day before the log's first; few different seconds.
      let time = 1_511_452_800 + random.below(10) * 86_400 + random.below(200) * 432
      let item = random.below(30)
      rows += "u\(random.below(40)),i\(item),c\(item % 4),\(behaviour),\(row % 500 == 7 ? -time : time)\n"
      if row % 1000 == 3 { rows += "u1,i1,c1,view,\(time)\nu1,i1,c1\n" }
    }
    return rows
  }

  /// Python's csv module finds the same events, labels and splits in a log of exposures and actions, and the
  /// data set can be described.
  @Test(
    .enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython),
    arguments: [
      ["--minimum-training-samples", "0"],
      ["--minimum-training-samples", "30", "--train-days", "6", "--action-window", "20000"],
      ["--minimum-training-samples", "20", "--first-day", "2017-11-26", "--last-day", "2017-12-01"],
    ])
  func taobaoHoldsInPython(options: [String]) throws {
    let folder = try FileTestFolder()
    let log = try folder.write(WholePathTests.userBehavior(), to: "log.csv")
    let outcome = try Command.lcft(
      ["import", "taobao", "--user-behavior", log, "--on-error", "skip", "--output", folder.file("t.h5")]
        + options)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let check = try Command.run(
      try #require(ForeignTool.python),
      [FixtureFile.path("check_taobao.py"), log, folder.file("t.h5")])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    #expect(check.output.contains("8 malformed lines"))
    let described = try Command.lcft(["describe", folder.file("t.h5")])
    #expect(described.output.contains("events by action: exposure "))
  }

  /// The rate of a method: positive, and its share of the ranks' time no more than there was.
  @Test(arguments: [1, 2])
  func usersPerSecond(_ ranks: Int) throws {
    let folder = try WholePathTests.prepared()
    func rates() throws -> [String: Double] {
      let methods = try #require(
        try WholePathTests.summary(folder, "out")["methods"] as? [String: [String: Any]])
      return methods.compactMapValues { $0["users_per_second"] as? Double }
    }
    let outcome = try Command.lcft(WholePathTests.arguments("run", folder, "out"), ranks: ranks)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let times = try #require(try WholePathTests.summary(folder, "out")["finetuning"] as? [String: Any])
    let seconds = try #require(times["seconds"] as? Double)
    let found = try rates()
    #expect(Set(found.keys) == ["cloud", "local", "soft1", "soft2"])
    for (_, rate) in found { #expect(rate > 0 && 120 / rate <= seconds) }
    // Where nothing was left to do, the numbers of the run that did it stay.
    let again = try Command.lcft(
      WholePathTests.arguments("run", folder, "out") + ["--resume"], ranks: ranks)
    try #require(again.status == 0, "\(again.errors)")
    #expect(try rates() == found)
  }

  /// A model of recurrent layers, whose steps depend on the windows that a shard holds.
  @Test func exposuresAndActionsOnAnyNumberOfRanks() throws {
    let folder = try FileTestFolder()
    let made = try Command.lcft([
      "synthesize", "--actions", "--users", "60", "--items", "50", "--click-rate", "0.2", "--mean-history",
      "30", "--mean-training", "60", "--mean-test", "20", "--output", folder.file("data.h5"),
    ])
    try #require(made.status == 0, "\(made.errors)")
    try folder.write(
      """
      model: {name: EdgeRec, gru: 6, attention: [8, 4], hidden: [12, 6], history_length: 10}
      training: {epochs: 3, batch_size: 32, learning_rate: 0.3, learning_rate_decay: 1}
      """, to: "job.yaml")
    let alone = try Command.lcft(WholePathTests.arguments("run", folder, "alone"))
    try #require(alone.status == 0, "\(alone.errors)")
    let expected = try WholePathTests.digests(folder, "alone")
    for ranks in [2, 4] {
      let outcome = try Command.lcft(WholePathTests.arguments("run", folder, "on\(ranks)"), ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(try WholePathTests.digests(folder, "on\(ranks)") == expected)
      #expect(outcome.output == alone.output)
    }
    let methods = try #require(
      try WholePathTests.summary(folder, "alone")["methods"] as? [String: [String: Any]])
    #expect(try #require(methods["cloud"]?["user_auc"] as? Double) > 0.55)
  }
}
