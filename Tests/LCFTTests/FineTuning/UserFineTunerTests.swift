import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

@Suite struct UserFineTunerTests {
  static let optimizers = ["", "optimizer: adam, ", "optimizer: adagrad, "]

  /// The submodel is a matter of speed: the same steps on the full tables give the same scores to rounding.
  @Test(arguments: ModelRegistry.names, optimizers)
  func submodelEqualsFullTables(_ model: String, _ optimizer: String) throws {
    try submodelEqualsFullTables(
      model, "\(optimizer)learning_rate: \(optimizer.isEmpty ? 0.05 : 0.01)", smallDataset())
    // Weights that were drawn make large logits of many features: larger steps diverge.
    try submodelEqualsFullTables(
      model, "\(optimizer)learning_rate: \(optimizer.isEmpty ? 0.002 : 0.0005)", featureDataset(),
      rivals: optimizer.isEmpty)
  }

  /// The same of networks as a job may choose them.
  @Test(arguments: [
    ("DIN", ", attention_activation: dice, history_sum: false, batch_normalization: true, user_embedding: 0"),
    ("DIN", ", attention_activation: prelu"), ("EdgeRec", ", attention_activation: relu"),
    ("PNN", ", batch_normalization: true, user_embedding: 0"),
    ("DeepFM", ", activation: relu, input_normalization: false"),
    ("WideDeep", ", activation: dice, input_normalization: false"),
    ("DCNv2", ", activation: sigmoid, input_normalization: false, batch_normalization: true"),
    ("DCNv2", ", user_embedding: 4, feature_embedding: 3"), ("LR", ", user_embedding: 0"),
  ])
  func networksOfChoice(_ model: String, _ choices: String) throws {
    try submodelEqualsFullTables(
      model, "learning_rate: 0.002", featureDataset(), choices: choices, rivals: true)
  }

  /// - Parameter rivals: whether balanced and proximal methods are among them. Their gradients are differences of nearly
  ///   equal sums: what is left of some is rounding, which Adam divides by its own size, and which large steps carry on.
  private func submodelEqualsFullTables(
    _ model: String, _ optimizer: String, _ dataset: Dataset, choices: String = "", rivals: Bool = false
  ) throws {
    var job = try FineTuningExample.job(model, optimizer, for: dataset, choices: choices)
    job.fineTuning.methods = [
      .cloud, .local, .soft1, .soft2, .hard, .biasOnly, .denseOnly, .embeddingsOnly, .priorOffset,
    ]
    if rivals { job.fineTuning.methods += [.balanced1, .proximal] }
    job.fineTuning.perMethod = [.proximal: TuningOverrides(mu: 3)]
    job.findings.labels = SearchFindings.Labels(pairs: FineTuningExample.pairs)
    let weights = FineTuningExample.weights(job, dataset)
    let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    let tableRows = FullTables.tableRows(job, dataset)
    for user in dataset.evaluatedUsers {
      let outcomes = try FineTuningExample.run(tuner, user: Int(user))
      for (method, outcome) in zip(job.fineTuning.methods, outcomes) {
        let full = FullTables(job: job, dataset: dataset, cloud: weights, tableRows: tableRows)
        full.trained = method.trainedWeights
        full.mu = method == .proximal ? 3 : 0
        if method.fineTunes { try full.fineTune(user: Int(user), outcome.outcome.labels) }
        for (a, b) in zip(try full.scores(user: Int(user)), outcome.logits) {
          #expect(abs(a - b) <= 1e-5 + 1e-4 * abs(a), "\(method) of user \(user)")
        }
      }
      // Fine-tuning moves the scores, and lowers the loss on the labels it is given.
      #expect(outcomes[0].logits != outcomes[1].logits)
      #expect(outcomes[1].outcome.lossAfter < outcomes[1].outcome.lossBefore)
      #expect(outcomes[0].outcome.lossAfter == outcomes[0].outcome.lossBefore)
    }
  }

  /// A bias moves all of a user's logits alike, and so no AUC; the other parts differ from one another.
  @Test(arguments: ModelRegistry.names)
  func partsOfTheWeights(_ model: String) throws {
    let dataset = smallDataset()
    var job = try FineTuningExample.job(model)
    job.fineTuning.methods = [.cloud, .biasOnly, .denseOnly, .embeddingsOnly, .local]
    let weights = FineTuningExample.weights(job, dataset)
    let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    for user in dataset.evaluatedUsers {
      let outcomes = try FineTuningExample.run(tuner, user: Int(user))
      let shifts = zip(outcomes[0].logits, outcomes[1].logits).map { $1 - $0 }
      #expect(abs(shifts[0]) > 1e-4)
      for shift in shifts { #expect(abs(shift - shifts[0]) < 1e-5) }
      // LR's dense weights are its bias.
      #expect(Set(outcomes.map(\.logits)).count == (model == "LR" ? 4 : 5))
      for outcome in outcomes.dropFirst() {
        #expect(outcome.outcome.lossAfter < outcome.outcome.lossBefore)
      }
    }
  }

  /// One user's outcome depends on no other user, and the cloud model is never changed.
  @Test func orderDoesNotMatter() throws {
    let dataset = smallDataset()
    let job = try FineTuningExample.job("DIN")
    let weights = FineTuningExample.weights(job, dataset)
    let users = dataset.evaluatedUsers.map(Int.init)
    func all(_ order: [Int]) throws -> [Int: [[Float]]] {
      let tuner = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
      var found: [Int: [[Float]]] = [:]
      for user in order { found[user] = try FineTuningExample.run(tuner, user: user).map(\.logits) }
      return found
    }
    #expect(try all(users) == all(users.reversed()))
  }

  /// A fine-tuning that diverges marks its user and leaves the next one alone.
  @Test func divergenceIsMarked() throws {
    let dataset = smallDataset()
    var job = try FineTuningExample.job("DIN")
    let weights = FineTuningExample.weights(job, dataset)
    let calm = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    job.fineTuning.learningRate = 1e30
    let wild = UserFineTuner(job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR)
    let user = Int(dataset.evaluatedUsers[0])
    let outcomes = try FineTuningExample.run(wild, user: user)
    #expect(outcomes[1].outcome.aucStatus == .notFinite)
    #expect(outcomes[1].outcome.auc.isNaN)
    #expect(outcomes[0].logits == (try FineTuningExample.run(calm, user: user)[0].logits))
  }
}
