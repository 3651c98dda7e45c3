import Dist
import IO
import LCFT
import Models
import Studies
import Support
import TestSupport
import Testing

@Suite struct SearchTests {
  static func job(_ model: String, _ search: String = "") throws -> Job {
    let histories = FineTuningExample.histories(model)
    return try Job.parse(
      """
      model: {name: \(model), histories: [\(histories)], history_length: 6}
      finetuning: {epochs: 2, batch_size: 7, learning_rate: 0.05}
      search: {holdout: 0.4, alphas: [0.8, 1], betas: [0, 0.1], groups: {quantiles: 2}\(search)}
      """, file: "test.yaml")
  }

  static func scores(_ job: Job, _ dataset: Dataset, _ plan: SearchPlan) throws -> SearchScores {
    let weights = FineTuningExample.weights(job, dataset)
    return try SearchRun(
      job: job, dataset: try dataset.holdingOut(0.4), weights: weights, points: plan.points,
      communicator: SoloCommunicator()
    ).run()
  }

  /// Every point gives what a plain fine-tuning of the fit part gives on the held-out part, to the bit: hard
  /// correction with labels (1, 0) what local gives, and with soft1's labels what soft1 gives.
  @Test(arguments: ModelRegistry.names)
  func pointsArePlainFineTunings(_ model: String) throws {
    let dataset = smallDataset(users: 9).inTimeOrder
    let job = try SearchTests.job(model)
    let methods: [Method] = [
      .local, .soft1, .hard, .biasOnly, .balanced2, .shrunkenSoft1, .proximal, .averaged,
    ]
    var plan = SearchPlan(job, methods: methods) { [job.ownSettings($0)] }
    let cut = try dataset.holdingOut(0.4)
    let users = (0..<cut.users.count).filter {
      Set(cut.test.label.values[cut.test.rows(ofUser: $0)]).count == 2
    }
    // soft1's labels of single users, as points of their own.
    let first = plan.points.count
    for user in users {
      let labels = cut.train.label.values[cut.train.rows(ofUser: user)]
      let localCTR = Double(labels.count { $0 == 1 }) / Double(labels.count)
      plan.add(
        SearchPoint(
          method: .hard,
          labels: LabelCorrection.labels(.soft1, ClickRates(localCTR: localCTR, globalCTR: cut.globalCTR)),
          settings: job.ownSettings(.hard)))
    }
    let scores = try SearchTests.scores(job, dataset, plan)
    #expect(users.count > 3 && scores.weight.count == users.count)

    var plain = job
    plain.fineTuning.methods = [.cloud, .local, .soft1] + methods.dropFirst(3)
    let tuner = UserFineTuner(
      job: plain, dataset: cut, weights: FineTuningExample.weights(job, dataset), globalCTR: cut.globalCTR)
    let hard = plan.entries[2]
    for (index, user) in users.enumerated() {
      let aucs = try FineTuningExample.run(tuner, user: user).map(\.outcome.auc)
      #expect(scores.aucs[plan.cloud][index] == aucs[0])
      #expect(scores.aucs[plan.entries[0].points[0]][index] == aucs[1])
      #expect(scores.aucs[hard.plain!][index] == aucs[1])
      #expect(scores.aucs[plan.entries[1].points[0]][index] == aucs[2])
      #expect(scores.aucs[first + index][index] == aucs[2])
      for entry in 3..<methods.count {
        #expect(scores.aucs[plan.entries[entry].points[0]][index] == aucs[entry], "\(methods[entry])")
      }
    }
  }

  /// The same of the logits, which tell more apart than an AUC does.
  @Test(arguments: ModelRegistry.names, [true, false])
  func anyOrderOfSettingsGivesTheSameLogits(_ model: String, _ adam: Bool) throws {
    let dataset = smallDataset()
    var job = try SearchTests.job(model)
    if adam { job.fineTuning.optimizer = .adam(Adam()) }
    let weights = FineTuningExample.weights(job, dataset)
    let settings = [(1.0, 0.0, 0.05), (0.8, 0.1, 0.05), (1, 0, 0.1), (1, 0, 0.05), (1.4, -0.2, 0.01)].map {
      var own = TuningSettings(
        job.fineTuning, .soft1, labels: CorrectedLabels(alpha: $0.0, beta: $0.1, status: .corrected))
      own.learningRate = $0.2
      return own
    }
    for user in dataset.evaluatedUsers.map(Int.init) {
      func logits(_ settings: [TuningSettings]) throws -> [[Float]] {
        let model = UserModel(job: job, dataset: dataset, weights: weights)
        model.begin()
        let train = dataset.trainReferences(ofUser: user, in: model.userArena)
        let test = dataset.testReferences(ofUser: user, in: model.userArena)
        model.gather(train, test)
        return try settings.map { own in
          model.use(weights)
          try model.fineTune(train, user: user, own)
          var scores = [Float](repeating: 0, count: test.count)
          try scores.withUnsafeMutableBufferPointer { try model.score(test, into: $0.baseAddress!) }
          return scores
        }
      }
      let together = try logits(settings)
      #expect(try together == settings.map { try logits([$0])[0] })
      #expect(together[0] == together[3] && Set(together).count == 4)
    }
  }

  /// Labels are chosen by the held-out samples of the group; ties and groups without users keep plain labels.
  @Test func choosesByGroup() {
    let scores = SearchScores(
      localCTR: [0.1, 0.1, 0.4, 0.4], weight: [1, 3, 2, 2],
      aucs: [
        [0.5, 0.5, 0.5, 0.5], [0.9, 0.4, 0.5, 0.5], [0.4, 0.6, 0.5, 0.5], [0.4, 0.9, 0.9, .nan],
      ])
    let choice = scores.chooseLabels(
      [1, 2, 0], plain: 0, intervals: CTRIntervals(edges: [0.2, 0.6]))
    // 0.525 and 0.55 against 0.5; equal; nobody.
    #expect(choice.points == [2, 0, 0])
    #expect(choice.members == [[0, 1], [2, 3], []])
    // A user whose fine-tuning diverged counts one half, and the point is not chosen for the user's group.
    #expect(scores.userAUC(3, [2, 3]) == 0.7)
    #expect(scores.chooseLabels([3], plain: 0, intervals: CTRIntervals(edges: [0.2])).points == [3, 0])
  }
}
