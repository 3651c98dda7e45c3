import Dist
import IO
import LCFT
import Models
import Studies
import Support
import TestSupport
import Testing

@Suite struct ABTestRunTests {
  private static let settings = ABTest.Settings(days: 3, visits: 1.5, candidates: 12, shown: 4, seed: 9)

  private static func world() throws -> SyntheticWorld {
    var options = SyntheticWorld.Options(users: 40, items: 60, categories: 7, seed: 5, drift: true)
    // Some users without training samples.
    options.meanTraining = 2
    options.meanTest = 4
    return try SyntheticWorld(options)
  }

  private static func job() throws -> Job {
    try Job.parse(
      """
      model: {name: DIN, histories: [positive], history_length: 6}
      finetuning:
        methods: [cloud, local, soft1, balanced2, shrunken_soft1, proximal, averaged, cloud_without_user, popularity]
        epochs: 2
        batch_size: 3
        learning_rate: 0.5
        per_method: {proximal: {mu: 0.5}}
      """, file: "test.yaml")
  }

  private func run(
    _ methods: [Method], all: Bool = true, settings: ABTest.Settings = ABTestRunTests.settings
  ) throws -> (users: ABTest.Users, days: ABTest.Days, counterfactuals: [Double]?) {
    let world = try ABTestRunTests.world()
    let dataset = try world.dataset()
    let job = try ABTestRunTests.job()
    return try ABTestRun(
      job: job, dataset: dataset, world: world, weights: FineTuningExample.weights(job, dataset),
      methods: methods, settings: settings, simulatesAllBuckets: all, communicator: SoloCommunicator()
    ).run()
  }

  /// What the test shows is what a fine-tuning run's own scores of the same candidates put first.
  @Test func ranksAsFineTuningRunsScore() throws {
    let world = try ABTestRunTests.world()
    var dataset = try world.dataset()
    let job = try ABTestRunTests.job()
    let outcome = try run(job.fineTuning.methods)
    let expected = try #require(outcome.counterfactuals)
    let settings = ABTestRunTests.settings
    // The data set once more, with the candidates as its test samples.
    var visits = SimulatedVisits(world: world, settings: settings)
    var offsets: [Int64] = [0]
    var items: [Int32] = []
    var positions: [Int32] = []
    for user in 0..<dataset.users.count {
      visits.draw(user: user)
      items += visits.items
      let events = dataset.users.eventOffsets[user + 1] - dataset.users.eventOffsets[user]
      positions += visits.items.map { _ in Int32(events) }
      offsets.append(Int64(items.count))
    }
    dataset.test = Dataset.Samples(
      offsets: Column(offsets), item: Column(items), label: Column(items.map { _ in 0 }),
      eventPosition: Column(positions))
    let tuner = UserFineTuner(
      job: job, dataset: dataset, weights: FineTuningExample.weights(job, dataset),
      globalCTR: dataset.globalCTR)
    let count = job.fineTuning.methods.count
    var changed = [Int](repeating: 0, count: count)
    #expect(dataset.evaluatedUsers.count > 15)
    for user in dataset.evaluatedUsers.map(Int.init) {
      visits.draw(user: user)
      for (index, tuned) in try FineTuningExample.run(tuner, user: user).enumerated() {
        var sum = 0.0
        for first in stride(from: 0, to: visits.items.count, by: settings.candidates) {
          let order = (first..<first + settings.candidates).sorted {
            (tuned.logits[$0], $1) > (tuned.logits[$1], $0)
          }
          sum += order.prefix(settings.shown).reduce(0) { $0 + visits.probabilities[$1] }
        }
        #expect(abs(sum - expected[user * count + index]) < 1e-9, "\(job.fineTuning.methods[index])")
      }
      for index in 1..<count {
        changed[index] += expected[user * count] != expected[user * count + index] ? 1 : 0
      }
    }
    #expect(changed[2] > 5 && changed.dropFirst().allSatisfy { $0 > 0 })
    // Users without training samples are served by the cloud model in every bucket whose method fine-tunes.
    for user in 0..<dataset.users.count where dataset.train.rows(ofUser: user).isEmpty {
      #expect(outcome.users.localCTR[user].isNaN)
      #expect(Set(expected[count * user..<count * user + 7]).count == 1)
    }
    #expect(outcome.users.localCTR.contains { $0.isNaN })
  }

  /// Candidates, clicks and buckets do not depend on who serves whom: the same bucket's numbers come out
  /// whatever the other bucket gets, and whether or not the other buckets are simulated as well.
  @Test func bucketsDoNotTouchEachOther() throws {
    let same = try run([.cloud, .cloud])
    let other = try run([.cloud, .soft1], all: false)
    #expect(other.counterfactuals == nil)
    #expect(same.users.bucket == other.users.bucket)
    #expect(Set(same.users.bucket) == [0, 1])
    for user in same.users.row.indices {
      let cells = user * 3..<(user + 1) * 3
      #expect(same.days.impressions[cells] == other.days.impressions[cells])
      #expect(same.days.oracleClicks[cells] == other.days.oracleClicks[cells])
      #expect(same.days.randomClicks[cells] == other.days.randomClicks[cells])
      if same.users.bucket[user] == 0 {
        #expect(same.days.clicks[cells] == other.days.clicks[cells])
        #expect(same.days.expectedClicks[cells] == other.days.expectedClicks[cells])
      }
      let expected = try #require(same.counterfactuals)
      #expect(expected[2 * user] == expected[2 * user + 1])
      #expect(abs(same.days.expectedClicks[cells].reduce(0, +) - expected[2 * user]) < 1e-9)
    }
    #expect(same.days.expectedClicks != other.days.expectedClicks)
    #expect(
      zip(same.days.oracleClicks, same.days.expectedClicks).allSatisfy { $0 > $1 - 1e-6 })
    #expect(same.days.impressions.allSatisfy { $0 % 4 == 0 })
  }

  /// A grouped bucket's users are served by their group's model, whatever bucket is simulated before.
  @Test func groupsServeTheirUsers() throws {
    let world = try ABTestRunTests.world()
    let dataset = try world.dataset()
    let job = try ABTestRunTests.job()
    let cloud = FineTuningExample.weights(job, dataset)
    let other = FineTuningExample.weights(job, dataset)
    other.initialize(seed: 99)
    func expected(_ methods: [Method], _ weights: Weights, groups: GroupModels? = nil) throws -> [Double] {
      let run = ABTestRun(
        job: job, dataset: dataset, world: world, weights: weights, methods: methods,
        settings: ABTestRunTests.settings, simulatesAllBuckets: true, groups: groups,
        communicator: SoloCommunicator())
      return try #require(try run.run().counterfactuals)
    }
    let groups = GroupModels(intervals: CTRIntervals(edges: [0]), weights: [cloud, other])
    let grouped = try expected([.cloud, .grouped, .cloud], cloud, groups: groups)
    let alone = try expected([.cloud], other)
    for user in 0..<dataset.users.count {
      let labels = dataset.train.rows(ofUser: user).map { dataset.train.label[$0] }
      #expect(grouped[3 * user] == grouped[3 * user + 2])
      #expect(grouped[3 * user + 1] == (labels.contains(1) ? alone[user] : grouped[3 * user]))
    }
    #expect(grouped.indices.contains { $0 % 3 == 1 && grouped[$0] != grouped[$0 - 1] })
  }

  /// Clicks come from the probabilities of what is shown: over many days their sum is near the expected one.
  @Test func clicksFollowTheTruth() throws {
    var settings = ABTestRunTests.settings
    settings.days = 60
    let days = try run([.cloud], settings: settings).days
    let clicks = days.clicks.reduce(0) { $0 + Double($1) }
    let expected = days.expectedClicks.reduce(0, +)
    // Standard deviation below sqrt(expected).
    #expect(abs(clicks - expected) < 4 * expected.squareRoot())
    #expect(expected > 1000)
    let oracle = days.oracleClicks.reduce(0, +)
    let random = days.randomClicks.reduce(0, +)
    #expect(oracle > 1.3 * random)
    // A model that has learnt nothing shows what comes.
    #expect(abs(expected - random) < 0.3 * random)
  }
}
