import Dist
import IO
import LCFT
import Models
import TestSupport
import Testing

@Suite struct GroupTrainingTests {
  private static func job(
    _ model: String, _ grouping: String, methods: String = "cloud, local",
    for dataset: Dataset = smallDataset()
  ) throws -> Job {
    try Job.parse(
      """
      model: {name: \(model), histories: [\(FineTuningExample.histories(model))], history_length: 6}
      training: {virtual_shards: 3}
      finetuning: {methods: [\(methods)], epochs: 3, batch_size: 1000, learning_rate: 0.05}
      grouping: {\(grouping), epochs: 3, batch_size: 1000, learning_rate: 0.05}
      """, file: "test.yaml"
    ).fitted(to: dataset, file: "test.h5")
  }

  /// All groups of a job.
  private static func models(_ job: Job, _ dataset: Dataset, _ cloud: Weights) throws -> GroupModels {
    let groups = UserGroups(job.grouping, of: dataset)
    let weights = try groups.users.indices.map { group in
      let training = try GroupTraining(
        group: group, of: groups, job: job, dataset: dataset, weights: Weights(copying: cloud),
        communicator: SoloCommunicator())
      #expect(try TrainingRun(training.trainer, epochs: training.epochs).run().losses.count == 3)
      return training.weights
    }
    return GroupModels(intervals: groups.intervals, weights: weights)
  }

  /// A group of one user, in batches of all its samples: the shared training and the user's own fine-tuning are
  /// two ways to the same model, on the same corrected labels.
  @Test(arguments: ModelRegistry.names, ["soft1", "soft2", "local"])
  func groupOfOneIsThatUsersFineTuning(_ model: String, _ correction: String) throws {
    let dataset = featureDataset()
    // Local CTRs of users 1 to 6: 6/15, 7/25, 7/35, 8/45, 8/55, 9/65; every one is a group.
    let job = try GroupTrainingTests.job(
      model, "quantiles: 6, correction: \(correction)", methods: "cloud, grouped, \(correction)",
      for: dataset)
    let cloud = FineTuningExample.weights(job, dataset)
    let groups = UserGroups(job.grouping, of: dataset)
    #expect(groups.users.sorted { $0[0] < $1[0] } == (1...6).map { [$0] })
    let models = try GroupTrainingTests.models(job, dataset, cloud)
    let tuner = UserFineTuner(
      job: job, dataset: dataset, weights: cloud, globalCTR: dataset.globalCTR, groups: models)
    for user in dataset.evaluatedUsers.map(Int.init) {
      let outcomes = try FineTuningExample.run(tuner, user: user)
      for (a, b) in zip(outcomes[1].logits, outcomes[2].logits) {
        #expect(abs(a - b) <= 1e-5 + 1e-4 * abs(b))
      }
      #expect(zip(outcomes[0].logits, outcomes[1].logits).contains { abs($0 - $1) > 1e-4 })
      #expect(outcomes[1].outcome.labels == outcomes[2].outcome.labels)
      #expect(outcomes[1].outcome.lossBefore == outcomes[2].outcome.lossBefore)
      let losses = outcomes.map(\.outcome.lossAfter)
      #expect(abs(losses[1] - losses[2]) <= 1e-5 + 1e-4 * abs(losses[2]))
    }
  }

  /// What regularises the cloud training is not for groups.
  @Test func groupsAreNotRegularised() throws {
    let dataset = smallDataset()
    var job = try GroupTrainingTests.job("DIN", "quantiles: 1")
    let cloud = FineTuningExample.weights(job, dataset)
    let plain = try GroupTrainingTests.models(job, dataset, cloud).weights[0]
    (job.training.l2Dense, job.training.l2Embeddings, job.training.gradientClip) = (0.5, 0.5, 1e-3)
    (job.training.dropout, job.training.warmupSteps, job.training.schedule) = (0.5, 50, .cosine)
    let found = try GroupTrainingTests.models(job, dataset, cloud).weights[0]
    let count = plain.layout.parameterCount
    #expect((0..<count).allSatisfy { found.dense[$0] == plain.dense[$0] })
    #expect((0..<count).contains { found.dense[$0] != cloud.dense[$0] })
  }

  /// A group's training touches neither statistics nor the rows of other groups' users, nor the cloud model.
  @Test func leavesTheRestAlone() throws {
    let dataset = smallDataset()
    let job = try GroupTrainingTests.job("DIN", "edges: [0.2]")
    let cloud = FineTuningExample.weights(job, dataset)
    let before = Weights(copying: cloud)
    let groups = UserGroups(job.grouping, of: dataset)
    // User 3 lies on the edge, which belongs below; user 0 has no training samples.
    #expect(groups.users == [[3, 4, 5, 6], [1, 2]])
    #expect(groups.bounds(0) == (above: -1, upTo: 0.2) && groups.bounds(1) == (above: 0.2, upTo: 1))
    let models = try GroupTrainingTests.models(job, dataset, cloud)
    let layout = cloud.layout
    let userTable = try #require(layout.tables.firstIndex { $0.space == .user })
    for (weights, members) in zip(models.weights, groups.users) {
      for i in 0..<layout.statisticCount { #expect(weights.statistics[i] == before.statistics[i]) }
      let width = layout.tables[userTable].width
      for user in 0..<dataset.users.count {
        let row = user * width..<(user + 1) * width
        let changed = row.contains { weights.tables[userTable][$0] != before.tables[userTable][$0] }
        #expect(changed == members.contains(user))
      }
      #expect((0..<layout.parameterCount).contains { weights.dense[$0] != before.dense[$0] })
    }
    for i in 0..<layout.parameterCount { #expect(cloud.dense[i] == before.dense[i]) }
    for table in layout.tables.indices {
      for i in 0..<cloud.rows(ofTable: table) * layout.tables[table].width {
        #expect(cloud.tables[table][i] == before.tables[table][i])
      }
    }
  }

  /// What comes after `grouped` starts from the cloud model again.
  @Test func otherMethodsAreUntouched() throws {
    let dataset = smallDataset()
    func outcomes(_ methods: [Method]) throws -> [[[Float]]] {
      var job = try GroupTrainingTests.job("WideDeep", "quantiles: 2")
      job.fineTuning.methods = methods
      let cloud = FineTuningExample.weights(job, dataset)
      let groups = try GroupTrainingTests.models(job, dataset, cloud)
      let tuner = UserFineTuner(
        job: job, dataset: dataset, weights: cloud, globalCTR: dataset.globalCTR, groups: groups)
      return try dataset.evaluatedUsers.map { try FineTuningExample.run(tuner, user: Int($0)).map(\.logits) }
    }
    let plain = try outcomes([.cloud, .local, .soft1])
    let mixed = try outcomes([.local, .grouped, .cloud, .grouped, .soft1])
    for (plain, mixed) in zip(plain, mixed) {
      #expect([mixed[2], mixed[0], mixed[4]] == plain)
      #expect(mixed[1] == mixed[3] && mixed[1] != mixed[2])
    }
  }
}
