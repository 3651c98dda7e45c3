import Foundation
import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

/// Methods beside the paper's, on single users.
@Suite struct RivalMethodTests {
  private static func job(_ model: String, _ methods: [Method]) throws -> Job {
    var job = try FineTuningExample.job(model, "learning_rate: 0.002", for: featureDataset())
    job.fineTuning.methods = methods
    job.findings.labels = SearchFindings.Labels(pairs: FineTuningExample.pairs)
    return job
  }

  private static func run(_ job: Job, user: Int) throws -> [FineTuningExample.Outcome] {
    let dataset = featureDataset()
    let tuner = UserFineTuner(
      job: job, dataset: dataset, weights: FineTuningExample.weights(job, dataset),
      globalCTR: dataset.globalCTR)
    return try FineTuningExample.run(tuner, user: user)
  }

  /// What a method makes of a user depends on no other method that runs with it, nor on whether losses are wanted.
  @Test(arguments: ["LR", "DIN"])
  func dependsOnNoOtherMethod(_ model: String) throws {
    let methods = Method.allCases.filter { $0 != .grouped && !$0.isChoice }
    for user in featureDataset().evaluatedUsers.prefix(2).map(Int.init) {
      let together = try RivalMethodTests.run(RivalMethodTests.job(model, methods), user: user)
      for (method, outcome) in zip(methods, together) {
        var job = try RivalMethodTests.job(model, [method])
        let alone = try RivalMethodTests.run(job, user: user)[0]
        #expect(alone.logits == outcome.logits && alone.outcome.labels == outcome.outcome.labels, "\(method)")
        #expect(alone.outcome.lossAfter == outcome.outcome.lossAfter)
        job.fineTuning.losses = false
        #expect(try RivalMethodTests.run(job, user: user)[0].logits == outcome.logits, "\(method)")
      }
    }
  }

  /// The equivalent CTR is the mean of the cloud model's predictions, so that the errors of the first step sum to 0.
  @Test(arguments: ["LR", "DIN"])
  func balancedLabelsBalance(_ model: String) throws {
    let dataset = featureDataset()
    let job = try RivalMethodTests.job(model, [.cloud, .balanced1, .balanced2])
    let weights = FineTuningExample.weights(job, dataset)
    for user in dataset.evaluatedUsers.map(Int.init) {
      let outcomes = try RivalMethodTests.run(job, user: user)
      let scorer = UserModel(job: job, dataset: dataset, weights: weights)
      scorer.begin()
      let train = dataset.trainReferences(ofUser: user, in: scorer.userArena)
      scorer.gather(train, dataset.testReferences(ofUser: user, in: scorer.userArena))
      var logits = [Float](repeating: 0, count: train.count)
      try scorer.score(train, into: &logits)
      for (outcome, narrows) in [(outcomes[1], true), (outcomes[2], false)] {
        let labels = outcome.outcome.labels
        guard labels.status == .corrected else { continue }
        let errors = zip(logits, train).map { logit, sample in
          1 / (1 + exp(-Double(logit))) - (sample.label > 0 ? labels.alpha : labels.beta)
        }
        #expect(abs(errors.reduce(0, +)) < 1e-9 * Double(train.count))
        #expect(narrows ? labels.alpha - labels.beta <= 1 : labels.alpha - labels.beta >= 1)
      }
    }
  }

  /// A pull is nothing in the first step, little where it is weak, and holds the model where it is strong.
  @Test func proximal() throws {
    func logits(_ mu: Double, epochs: Int, batchSize: Int) throws -> [[Float]] {
      var job = try RivalMethodTests.job("DIN", [.cloud, .local, .proximal])
      (job.fineTuning.epochs, job.fineTuning.batchSize, job.fineTuning.learningRate) = (
        epochs, batchSize, 0.01
      )
      job.fineTuning.perMethod[.proximal] = TuningOverrides(mu: mu)
      return try RivalMethodTests.run(job, user: 3).map(\.logits)
    }
    let single = try logits(50, epochs: 1, batchSize: 1000)
    #expect(single[1] == single[2] && single[0] != single[1])
    let free = try logits(0, epochs: 20, batchSize: 8)
    #expect(free[1] == free[2])
    func distance(_ mu: Double) throws -> Float {
      let scores = try logits(mu, epochs: 20, batchSize: 8)
      return zip(scores[0], scores[2]).map { abs($0 - $1) }.max() ?? 0
    }
    let distances = try [0, 1, 10, 90].map(distance)
    #expect(distances == distances.sorted(by: >) && distances[3] < 0.2 * distances[0])
  }

  /// Logits of cloud and local, mixed, and the ends of the share.
  @Test(arguments: [0, 0.3, 1]) func averaged(_ share: Double) throws {
    var job = try RivalMethodTests.job("PNN", [.local, .averaged, .cloud])
    job.fineTuning.perMethod[.averaged] = TuningOverrides(share: share)
    for user in featureDataset().evaluatedUsers.map(Int.init) {
      let found = try RivalMethodTests.run(job, user: user)
      let mixed = zip(found[2].logits, found[0].logits).map {
        Float((1 - share) * Double($0) + share * Double($1))
      }
      #expect(found[1].logits == mixed)
    }
  }

  /// Without the user, the scores are those of weights in which all users have the mean row; with no row of users, cloud's.
  @Test(arguments: ModelRegistry.names)
  func cloudWithoutUser(_ model: String) throws {
    let dataset = featureDataset()
    let job = try RivalMethodTests.job(model, [.cloud, .cloudWithoutUser])
    let weights = FineTuningExample.weights(job, dataset)
    let known = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    let alike = Weights(copying: weights)
    for (index, table) in weights.layout.tables.enumerated() where table.space == .user {
      for column in 0..<table.width {
        let rows = 0..<dataset.users.count
        let mean = rows.reduce(0.0) { $0 + Double(weights.tables[index][$1 * table.width + column]) }
        for row in rows {
          alike.tables[index][row * table.width + column] = Float(mean / Double(dataset.users.count))
        }
      }
    }
    let unknown = UserFineTuner(job: job, dataset: dataset, weights: alike, globalCTR: dataset.globalCTR)
    for user in dataset.evaluatedUsers.map(Int.init) {
      let found = try FineTuningExample.run(known, user: user)
      #expect(found[1].logits == (try FineTuningExample.run(unknown, user: user)[0].logits))
      #expect(found[1].logits != found[0].logits)
    }
  }

  /// A prior takes labels towards plain ones the further, the fewer samples a user has.
  @Test func shrinking() {
    var rates = ClickRates(localCTR: 0.5, globalCTR: 0.2)
    rates.shrunkenCTR = 0.3
    let (own, shrunken) = (
      LabelCorrection.labels(.soft1, rates), LabelCorrection.labels(.shrunkenSoft1, rates)
    )
    #expect(own.alpha == 0.4 && shrunken.alpha == 0.2 / 0.3 && shrunken.beta == 0)
    // A user without positives has no label of positives to carry the correction.
    rates = ClickRates(localCTR: 0, globalCTR: 0.2)
    (rates.shrunkenCTR, rates.meanPrediction) = (0.15, 0.1)
    #expect(LabelCorrection.labels(.shrunkenSoft2, rates).status == .undefined)
    #expect(LabelCorrection.labels(.shrunkenSoft1, rates).status == .corrected)
    #expect(LabelCorrection.labels(.shrunkenBalanced1, rates).status == .undefined)
    #expect(LabelCorrection.labels(.balanced1, rates).beta == 0.1)
  }
}
