import Foundation
import IO
import Support
import Sweeps
import TestSupport
import Testing

/// What is told of runs before they begin. Runs themselves are in the tests of the command.
@Suite struct SweepRunnerTests {
  private let text = "jobs: [small-lr.yaml, small-din.yaml]\ndata: {world: WORLD}\n"

  @Test func aRunThatCannotBeginIsRefused() throws {
    let example = try SweepExample()
    let copy = "data: {world: \(example.folder.file("small-lr.yaml"))}"
    for (text, part) in [
      (self.text + "set: {model.features: {only: [brand]}}", "small-lr-world-seed1: "),
      (self.text + "set: {model.features: {only: [brand]}}", "has no feature brand"),
      ("jobs: small-din.yaml\ndata: {world: WORLD}\nset: {model.histories: [actions]}", "has no actions"),
      (self.text + "set: {training.warmup_steps: 100000}", "training.warmup_steps is 100000"),
      (self.text + "set: {training.epochs: [1, 0]}", "training.epochs is 0"),
      (self.text + "set: {finetuning.methods: [hard], finetuning.label_table: none.h5}", "none.h5"),
      ("jobs: small-lr.yaml\ndata: {world: none.h5}", "none.h5: cannot open"),
      ("jobs: small-lr.yaml\n" + copy, "small-lr.yaml"),
      (self.text + "launcher: [no-such-program, -n, 2]", "no-such-program: no such program on the PATH"),
    ] {
      #expect { try example.runner(example.sweep(text)) } throws: { "\($0)".contains(part) }
    }
    #expect(!FileManager.default.fileExists(atPath: example.folder.file("out")))
  }

  @Test func statesAreThoseOfTheFolders() throws {
    let example = try SweepExample()
    let runner = try example.runner(example.sweep(text + "seeds: [1, 2]"))
    #expect(runner.statuses.allSatisfy { $0.state == .missing } && runner.commands.count == 4)
    func log(_ name: String, _ lines: String) throws {
      try example.makeFolder("out/\(name)")
      try example.folder.write(lines, to: "out/\(name)/run.log")
    }
    try log(
      "small-lr-world-seed1",
      "== 2026-01-01T00:00:00Z a\nlcft: first\n== failed, exit status 1\n== x b\nlcft: second\nmore\n== failed, exit status 1\n"
    )
    try log(
      "small-lr-world-seed2", "== 2026-01-01T00:00:00Z a\nlcft: first\n== failed, exit status 1\n== x b\n")
    try example.makeFolder("out/small-din-world-seed1")
    let progress = ProgressFile(
      example.folder.file("out/small-din-world-seed1/progress.jsonl"), memory: { 0 })
    var (start, end) = (ProgressRecord(.start), ProgressRecord(.end))
    (start.host, start.process, end.outcome) = (AtomicFile.host, 1, .stopped)
    progress.append(start)
    progress.append(end)
    // What mpirun says stands between lines of dashes.
    try log(
      "small-din-world-seed2", "== x a\n-----\nToo few slots\nfor 64 ranks\n-----\n== failed, exit status 1\n"
    )
    #expect(runner.statuses.last == SweepStatus(.failed, "Too few slots"))
    try example.folder.write(
      "== x a\nno such rank\n== failed, exit status 1\n", to: "out/small-din-world-seed2/run.log")
    #expect(
      runner.statuses == [
        SweepStatus(.failed, "second"), SweepStatus(.missing), SweepStatus(.halfDone),
        SweepStatus(.failed, "no such rank"),
      ])
    #expect(
      runner.list == [
        "1  small-lr-world-seed1   failed     second", "2  small-lr-world-seed2   missing",
        "3  small-din-world-seed1  half done", "4  small-din-world-seed2  failed     no such rank",
      ])
    // The lock of a process that is there, and of one of another host.
    for (name, host) in [("small-lr-world-seed1", AtomicFile.host), ("small-din-world-seed1", "elsewhere")] {
      try example.folder.write("host \(host)\nprocess \(getpid())\n", to: "out/\(name)/.lcft.lock")
    }
    #expect(runner.statuses.map(\.state) == [.atWork, .missing, .atWork, .failed])
  }

  /// A run that another sweep was at, and gave up in the meantime, is done once the others are.
  @Test func whatIsAtWorkElsewhereIsLookedAtAgain() throws {
    let example = try SweepExample()
    let sweep = try example.sweep(text)
    let runner = try SweepRunner(sweep, sweep.runs, program: "/usr/bin/true")
    let lock = "out/small-lr-world-seed1/.lcft.lock"
    try example.makeFolder("out/small-lr-world-seed1")
    try example.folder.write("host \(AtomicFile.host)\nprocess \(getpid())\n", to: lock)
    var lines: [String] = []
    let account = try runner.run(keepGoing: false) { line in
      lines.append(line)
      if line == "2/2 small-din-world-seed1: begins" {
        try? FileManager.default.removeItem(atPath: example.folder.file(lock))
      }
    }
    #expect(lines.first == "1/2 small-lr-world-seed1: at work elsewhere")
    #expect(lines.contains("1/2 small-lr-world-seed1: begins"))
    #expect(account.done == 2 && account.exitStatus == 0, "\(account.lines)")
  }

  @Test func aFolderThatCannotBeReadIsNotMissing() throws {
    let example = try SweepExample()
    let sweep = try example.sweep(text)
    try example.makeFolder("out/small-lr-world-seed1/progress.jsonl")
    let status = sweep.runs[0].status(in: sweep.output, data: nil)
    #expect(status.state == .failed && !status.detail.isEmpty)
  }

  /// Results are of the settings that they were made with: of searches that a run makes by itself, and of what is measured.
  /// With other measures a run goes on; with others of a search it would have to begin anew.
  @Test(arguments: [
    ("{finetuning.methods: [cloud, lcft]}", "search.choice.folds: 2", SweepState?.none),
    ("{finetuning.methods: [cloud, lcft]}", "search.holdout: 0.3", nil),
    ("{finetuning.methods: [cloud, hard]}", "search.alphas: [0.5, 1]", nil),
    ("{finetuning.settings: searched}", "search.learning_rates: [0.5]", nil),
    ("{finetuning.methods: [cloud, local]}", "search.holdout: 0.3", .done),
    ("{finetuning.settings: searched}", "search.cloud.method: random", .done),
    ("{finetuning.methods: [cloud, local]}", "metrics.at: [1, 2]", .halfDone),
  ])
  func finishedRunsAreOfTheirSettings(_ base: String, _ change: String, _ state: SweepState?) throws {
    let example = try SweepExample()
    func sweep(_ more: String) throws -> Sweep {
      try example.sweep("jobs: small-lr.yaml\ndata: {world: WORLD}\nset: \(base.dropLast())\(more)}")
    }
    let before = try sweep("")
    let folder = "out/\(before.runs[0].name)"
    try example.makeFolder(folder)
    let settings = before.runs[0].job.settingsInForce.map { ($0.name, $0.value) }
    let summary: [String: Any] = [
      "settings": Dictionary(settings, uniquingKeysWith: { first, _ in first }),
      "dataset": ["digest": "d"], "digest": ["results": "r"],
    ]
    try JSONSerialization.data(withJSONObject: summary)
      .write(to: URL(fileURLWithPath: example.folder.file("\(folder)/summary.json")))
    try example.folder.write("", to: "\(folder)/results.h5")
    let progress = ProgressFile(example.folder.file("\(folder)/progress.jsonl"), memory: { 0 })
    var (start, end) = (ProgressRecord(.start), ProgressRecord(.end))
    (start.host, start.process, end.outcome) = (AtomicFile.host, 1, .finished)
    progress.append(start)
    progress.append(end)
    func found(_ sweep: Sweep) -> SweepState { sweep.runs[0].status(in: sweep.output, data: nil).state }
    #expect(found(before) == .done)
    let after = try sweep(", \(change)")
    #expect(found(after) == state ?? .halfDone)
    let setting = String(change.prefix { $0 != ":" })
    let refusal = Result { try example.runner(after) }
    guard state == nil else {
      _ = try refusal.get()
      return
    }
    #expect { try refusal.get() } throws: { "\($0)".contains(setting) }
  }

  /// A command is quoted for a shell.
  @Test func commandsCanBeTyped() throws {
    let example = try SweepExample()
    let sweep = try example.sweep("jobs: small-lr.yaml\ndata: {world: WORLD}\nlauncher: [env, 'A=b c']")
    let out = example.folder.file("out/small-lr-world-seed1")
    #expect(
      try example.runner(sweep).commands == [
        "env 'A=b c' /bin/lcft run --job \(out)/job.yaml --data \(example.folder.file("world.h5")) "
          + "--output \(out) --resume"
      ])
  }
}
