import Foundation
import IO
import TestSupport
import Testing

/// Methods that held-out training samples choose, as a user runs them.
@Suite(.serialized) struct ChoiceTests {
  static let search = """

    search:
      {holdout: 0.3, alphas: [0.8, 1, 1.2], betas: [-0.1, 0, 0.1], groups: {quantiles: 3}, choice: {folds: 2}}
    """
  static let methods = ["--methods", "cloud,local,soft1,soft2,hard,lcft,lcft_by_ctr"]

  static func prepared() throws -> FileTestFolder {
    let folder = try WholePathTests.prepared()
    try folder.write(
      WholePathTests.job.replacingOccurrences(of: "learning_rate: 0.05", with: "learning_rate: 0.3") + search,
      to: "job.yaml")
    return folder
  }

  static func run(_ folder: FileTestFolder, _ output: String, _ more: [String] = []) -> [String] {
    WholePathTests.arguments("run", folder, output) + methods + more
  }

  /// The choice, its scores and what users have are what a program of its own makes of the files.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func holdsInPython() throws {
    let folder = try ChoiceTests.prepared()
    let outcome = try Command.lcft(ChoiceTests.run(folder, "out"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains("lcft is ")
        && outcome.output.contains("rule: the highest user AUC over 2 folds"))
    let python = try #require(ForeignTool.python)
    let script = FixtureFile.path("check_choice.py")
    let check = try Command.run(python, [script, "choice", folder.file("out")])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    #expect(check.output.contains("users have the chosen method"))
    // Each fold, cut by that program, gives the same scores in a run of its own.
    for fold in 1...2 {
      let cut = try Command.run(
        python, [script, "cut", folder.file("data.h5"), folder.file("fold\(fold).h5"), "0.3", "\(fold)"])
      try #require(cut.status == 0, "\(cut.errors)")
      let own = try Command.lcft([
        "run", "--job", folder.file("job.yaml"), "--data", folder.file("fold\(fold).h5"), "--output",
        folder.file("fold\(fold)"), "--methods", "cloud,local,soft1,soft2",
      ])
      try #require(own.status == 0, "\(own.errors)")
      let same = try Command.run(
        python, [script, "fold", folder.file("out"), folder.file("fold\(fold)/results.h5"), "\(fold)"])
      #expect(same.status == 0, "\(same.output)\(same.errors)")
      #expect(same.output.contains("users agree under 4 methods"))
    }
    // The report and the descriptions say it, too.
    let report = try Command.lcft(["report", folder.file("out"), "--output", folder.file("report")])
    try #require(report.status == 0 || report.output.contains("report.html"), "\(report.errors)")
    let reported = try Command.run(python, [script, "report", folder.file("out"), folder.file("report")])
    #expect(reported.status == 0, "\(reported.output)\(reported.errors)")
    for file in ["out/choice.h5", "out/results.h5"] {
      let described = try Command.lcft(["describe", folder.file(file)])
      #expect(described.output.contains("rule: the highest user AUC over 2 folds"), "\(described.errors)")
      #expect(described.output.contains("over cloud") || described.output.contains("no method is better"))
    }
  }

  /// On any number of ranks, in one command or in parts, with hard's own labels, and from saved models.
  @Test func sameBitsHoweverTheyAreMade() throws {
    let folder = try ChoiceTests.prepared()
    let alone = try Command.lcft(ChoiceTests.run(folder, "alone", ["--save-models", "all"]))
    try #require(alone.status == 0, "\(alone.errors)")
    let expected = try WholePathTests.digests(folder, "alone")
    for ranks in 1...3 {
      let outcome = try Command.lcft(ChoiceTests.run(folder, "on\(ranks)"), ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output == alone.output)
      #expect(try WholePathTests.digests(folder, "on\(ranks)") == expected)
      #expect(
        try MethodChoiceFile.read(folder.file("on\(ranks)/choice.h5")).contentDigest()
          == MethodChoiceFile.read(folder.file("alone/choice.h5")).contentDigest())
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.file("alone"))
    #expect(left.contains("choice.h5") && !left.contains { $0.hasPrefix("choice-") })

    // hard has the labels that it would search by itself.
    let labels = try Command.lcft(WholePathTests.arguments("search-labels", folder, "labels"))
    try #require(labels.status == 0, "\(labels.errors)")
    let own = try LabelTableFile.read(folder.file("alone/labels.h5"))
    #expect(try own.contentDigest() == LabelTableFile.read(folder.file("labels/labels.h5")).contentDigest())
    #expect(try MethodChoiceFile.read(folder.file("alone/choice.h5")).choice.labels == own.pairs)

    // In parts.
    let trained = try Command.lcft(WholePathTests.arguments("train", folder, "parts"))
    try #require(trained.status == 0, "\(trained.errors)")
    try RefusalTests.refused(
      WholePathTests.arguments("finetune", folder, "parts") + ["--methods", "lcft"], ranks: 2,
      "the method lcft needs a choice of methods", "lcft search-methods", "--choice FILE")
    let searched = try Command.lcft(WholePathTests.arguments("search-methods", folder, "parts"), ranks: 2)
    try #require(searched.status == 0, "\(searched.errors)")
    let tuned = try Command.lcft(
      WholePathTests.arguments("finetune", folder, "parts") + ChoiceTests.methods
        + ["--labels", folder.file("labels/labels.h5")])
    try #require(tuned.status == 0, "\(tuned.errors)")
    #expect(tuned.output == alone.output)
    #expect(try WholePathTests.digests(folder, "parts") == expected)

    // Saved models know what they are.
    let applied = try Command.lcft([
      "apply", "--models", folder.file("alone/models.h5"), "--data", folder.file("data.h5"), "--checkpoint",
      folder.file("alone/checkpoint-epoch-2.h5"), "--output", folder.file("applied"),
    ])
    try #require(applied.status == 0, "\(applied.errors)")
    #expect(applied.output == alone.output)
    // Served by the choice beside the checkpoint.
    let pairs = try folder.write("user,item,time\nu1,i3,20000\nu2,i4,20000\nu5,i7,20000\n", to: "pairs.csv")
    let served = try Command.lcft(
      [
        "predict", "--checkpoint", folder.file("alone/checkpoint-epoch-2.h5"), "--data",
        folder.file("data.h5"),
        "--pairs", pairs, "--output", folder.file("scores.csv"),
      ] + ChoiceTests.methods)
    try #require(served.status == 0, "\(served.errors)")
    let choice = try MethodChoiceFile.read(folder.file("alone/choice.h5")).choice
    let rows = try String(contentsOfFile: folder.file("scores.csv"), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",").map(String.init) }
    func logits(_ method: String) -> [String] { rows.filter { $0[3] == method }.map { $0[4] } }
    #expect(logits("lcft") == logits(choice.chosen(0)) && logits("lcft").count == 3)
    // A finished run is resumed with its choice.
    let again = try Command.lcft(ChoiceTests.run(folder, "on2", ["--resume"]))
    try #require(again.status == 0, "\(again.errors)")
    #expect(again.output == alone.output && !again.errors.contains("fold 1"))
  }

  /// Stopped within either fold, it goes on to the same bits, and tells what has changed.
  @Test func stopsAndGoesOn() throws {
    let folder = try ChoiceTests.prepared()
    // Epochs enough that a fold is still at work when the kill comes, also on a busy machine.
    func job(_ rate: Double) -> String {
      WholePathTests.job.replacingOccurrences(
        of: "learning_rate: 0.05", with: "learning_rate: \(rate)\n  epochs: 40")
        + ChoiceTests.search
    }
    try folder.write(job(0.01), to: "job.yaml")
    let whole = try Command.lcft(ChoiceTests.run(folder, "whole"))
    try #require(whole.status == 0, "\(whole.errors)")
    let path = folder.file("out")
    for (number, name) in [
      "choice-1-latest.h5", "choice-1.journal", "choice-2-latest.h5", "choice-2.journal",
    ]
    .enumerated() {
      let outcome = try Command.lcft(
        ChoiceTests.run(folder, "out", number == 0 ? [] : ["--resume"]), ranks: number % 2 == 0 ? 2 : nil,
        when: ResumeTests.exists("\(path)/\(name)")
      ) { kill($0.processIdentifier, SIGKILL) }
      #expect(outcome.status != 0, "\(name): \(outcome.errors)")
      #expect(ResumeTests.exists("\(path)/\(name)"), "\(name)")
    }
    try folder.write(job(0.02), to: "other.yaml")
    try RefusalTests.refused(
      WholePathTests.arguments("run", folder, "out", job: "other.yaml") + ChoiceTests.methods + ["--resume"],
      "choice-1.journal: was made with")
    let resumed = try Command.lcft(ChoiceTests.run(folder, "out", ["--resume"]), ranks: 3)
    try #require(resumed.status == 0, "\(resumed.errors)")
    #expect(try WholePathTests.digests(folder, "out") == WholePathTests.digests(folder, "whole"))
    #expect(resumed.output == whole.output)
    let files = Set(try FileManager.default.contentsOfDirectory(atPath: path))
    let expected = Set(try FileManager.default.contentsOfDirectory(atPath: folder.file("whole")))
    #expect(files == expected, "\(files.symmetricDifference(expected).sorted())")
  }

  @Test func refusals() throws {
    let folder = try ChoiceTests.prepared()
    try folder.write(WholePathTests.job + "\nsearch: {choice: {folds: 20}}\n", to: "many.yaml")
    let many = WholePathTests.arguments("run", folder, "out", job: "many.yaml")
    for more in [[], ["--dry-run"]] {
      try RefusalTests.refused(
        many + ["--methods", "lcft"] + more, ranks: 2,
        "no user has training samples enough that those held out in fold", "set search.choice.folds to")
    }
    #expect(!ResumeTests.exists(folder.file("out")))
    try folder.write(WholePathTests.job + "\n  per_method: {lcft: {epochs: 2}}\n", to: "own.yaml")
    try RefusalTests.refused(
      WholePathTests.arguments("run", folder, "out", job: "own.yaml"),
      "lcft has no settings: it takes those of the method that is chosen")
    try folder.write(WholePathTests.job + "\nsearch: {choice: {methods: [cloud]}}\n", to: "cloud.yaml")
    try RefusalTests.refused(
      WholePathTests.arguments("run", folder, "out", job: "cloud.yaml"), "search.choice.methods")
    let search = try Command.lcft(
      WholePathTests.arguments("search", folder, "out") + ["--methods", "lcft,local"])
    #expect(
      search.status != 0 && search.errors.contains("lcft has no settings of its own: lcft search-methods"))
    try RefusalTests.refused(
      WholePathTests.arguments("run", folder, "out") + ["--methods", "lcft", "--choice", "none.h5"], "none.h5"
    )
    let trained = try Command.lcft(WholePathTests.arguments("train", folder, "parent"))
    try #require(trained.status == 0, "\(trained.errors)")
    try RefusalTests.refused(
      ChoiceTests.run(folder, "out", ["--warm-start", folder.file("parent")]),
      "the method lcft needs a choice of methods", "give --choice FILE, or leave lcft out")
    // What it would do.
    let dry = try Command.lcft(ChoiceTests.run(folder, "out", ["--dry-run"]), ranks: 2)
    #expect(dry.status == 0, "\(dry.errors)")
    for part in [
      "fold 1 of 2: train DIN without the held-out samples", "fold 1 of 2: fine-tune every user at 13 points",
      "fold 2 of 2: fine-tune every user at 5 points", "choose among soft1, soft2, hard, local, or cloud",
      "choice.h5", "labels.h5",
    ] {
      #expect(dry.output.contains(part), "\(dry.output)")
    }
    #expect(!ResumeTests.exists(folder.file("out")))
    let plan = try Command.lcft(
      [
        "plan", "--job", folder.file("job.yaml"), "--data", folder.file("data.h5"), "--ranks", "2",
      ] + ChoiceTests.methods)
    #expect(plan.status == 0 && plan.output.contains("choice of methods"), "\(plan.errors)")
    #expect(plan.output.contains("the models of the folds"))
  }
}
