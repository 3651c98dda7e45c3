import Foundation
import IO
import LCFT
import Runs
import Studies
import TestSupport
import Testing

extension CheckTests {
  /// The journal of an interrupted search is compared with the job before a model is trained for it.
  @Test(arguments: [false, true]) func anInterruptedSearchIsComparedBeforeItTrains(_ inRun: Bool) throws {
    let search = "search: {alphas: [0, 0.5], betas: [0.5, 1], groups: {quantiles: 2}}"
    let tuning = "finetuning: {methods: [cloud, hard]"
    let example = try RunExample("\(search)\n\(tuning)}")
    func command() throws {
      let session = try example.session(inRun ? [.checkpoints, .results, .labels] : .labels, .resume)
      let inputs = try example.inputs(
        Inputs.Options(labelledMethods: inRun ? nil : [], requiresLabels: false), in: session)
      if inRun { try RunJob(session, inputs).check() } else { try SearchLabels(session, inputs).check() }
    }
    let session = try example.session(.labels)
    let inputs = try example.inputs(Inputs.Options(labelledMethods: []), in: session)
    let labels = try session.perform(SearchLabels(session, inputs))
    let origin = try #require(labels?.origin)
    // What it leaves while it works: the journal alone.
    for name in ["labels.h5", "labels.yaml"] {
      try FileManager.default.removeItem(atPath: "\(example.output)/\(name)")
    }
    let plan = SearchPlan(inputs.job, methods: [.hard]) { [inputs.job.ownSettings($0)] }
    _ = try Journal(
      creating: "\(example.output)/labels.journal",
      [
        ("the data set's content", inputs.datasetDigest),
        ("the cloud model's content", SearchOrigin.ownModel),
      ]
        + inputs.job.searchSettings
        + [("what is searched", plan.points.map(\.description).joined(separator: "; "))])
    #expect(origin.checkpointDigest == SearchOrigin.ownModel)
    try command()
    try example.write("\(search)\n\(tuning), epochs: 3}")
    try expectRefused(example, "labels.journal: was made with finetuning.epochs 1, the job now has 3") {
      try command()
    }
    try example.write("\(search.replacing("0.5]", with: "0.25]"))\n\(tuning)}")
    try expectRefused(example, "labels.journal: was made with what is searched") { try command() }
  }

  @Test func anInterruptedABTestIsComparedBeforeItsGroupsAreTrained() throws {
    let example = try RunExample()
    let cloud = try example.train()
    func check(days: Int, _ methods: [Method] = [.cloud, .soft1], checkpoint: String? = nil) throws {
      let session = try example.session(.abTest, .resume)
      let inputs = try example.inputs(Inputs.Options(labelledMethods: methods), in: session)
      let settings = ABTest.Settings(days: days, visits: 1, candidates: 10, shown: 2, seed: 1)
      try SimulateABTest(
        session, inputs, methods: methods, settings: settings, simulatesAllBuckets: false,
        checkpoint: checkpoint
      ).check()
    }
    try check(days: 3)
    let session = try example.session(.abTest, .resume)
    let inputs = try example.inputs(in: session)
    _ = try Journal(
      creating: "\(example.output)/ab-test.journal",
      [("the data set's content", inputs.datasetDigest), ("the cloud model's content", cloud.digest)]
        + inputs.job.fineTuningSettings(of: [.cloud, .soft1])
        + [
          ("--days", "3"), ("--visits", "1.0"), ("--candidates", "10"), ("--top", "2"), ("--seed", "1"),
          ("--truth", "false"),
        ])
    try check(days: 3)
    try expectRefused(example, "ab-test.journal: was made with --days 3, the job now has 4") {
      try check(days: 4)
    }
    try expectRefused(example, "ab-test.journal: was made with finetuning.methods") {
      try check(days: 3, [.cloud, .grouped])
    }
    try expectRefused(example, "ab-test.journal: was made with the cloud model's content") {
      try check(days: 3, checkpoint: "\(example.output)/checkpoint-epoch-1.h5")
    }
  }

  /// The state of a group's training is looked at before a cloud model is trained or loaded.
  @Test func aStoppedGroupIsCompared() throws {
    let example = try RunExample(
      "finetuning: {methods: [cloud, grouped]}\ngrouping: {quantiles: 2, epochs: 1}")
    try example.run(.fresh)
    try FileManager.default.moveItem(
      atPath: "\(example.output)/group-low.h5", toPath: "\(example.output)/group-low-latest.h5")
    try FileManager.default.removeItem(atPath: "\(example.output)/results.h5")
    try example.write(
      "finetuning: {methods: [cloud, grouped]}\ngrouping: {quantiles: 2, epochs: 1, learning_rate: 0.3}")
    try FileManager.default.removeItem(atPath: "\(example.output)/group-high.h5")
    try expectRefused(example, "group-low-latest.h5: was made with grouping.learning_rate") {
      let session = try example.session([.checkpoints, .results, .labels], .resume)
      try RunJob(session, example.inputs(in: session)).check()
    }
  }
}
