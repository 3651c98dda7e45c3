import Dist
import IO
import LCFT
import Models
import Studies
import Support
import TestSupport
import Testing

/// The rule by which held-out samples choose methods.
@Suite struct MethodChoiceTests {
  static let methods: [Method] = [.cloud, .soft1, .soft2, .local]

  static func job(_ choice: String = "") throws -> Job {
    try Job.parse("search: {choice: {methods: [soft1, soft2, local]\(choice)}}", file: "test.yaml")
  }

  /// One fold; `aucs` are [users][methods].
  static func measured(
    _ localCTR: [Double], _ aucs: [[Double]], samples: [Int32]? = nil, fold: Int32 = 1
  ) -> MethodChoiceTable.Measured {
    var measured = MethodChoiceTable.Measured(methods: 4)
    measured.user = localCTR.indices.map { Int32($0) }
    measured.fold = localCTR.map { _ in fold }
    measured.localCTR = localCTR
    measured.samples = samples ?? localCTR.map { _ in 1 }
    measured.aucs = (0..<4).map { method in aucs.map { $0[method] } }
    return measured
  }

  private func choose(
    _ measured: MethodChoiceTable.Measured, _ settings: String = "", edges: [Double] = []
  ) throws -> MethodChoice {
    MethodChoice(
      measured, methods: MethodChoiceTests.methods, job: try MethodChoiceTests.job(settings),
      intervals: CTRIntervals(edges: edges), labels: nil)
  }

  /// The highest user AUC, weighted by samples; of equal ones the first.
  @Test func takesTheBestOfAllUsers() throws {
    let aucs = [[0.5, 0.625, 0.75, 0.25], [0.5, 0.625, 0.5, 0.5]]
    let even = try choose(MethodChoiceTests.measured([0.1, 0.2], aucs))
    #expect(even.chosen(0) == "soft1" && even.sets[0].auc == [0.5, 0.625, 0.625, 0.375])
    let skewed = try choose(MethodChoiceTests.measured([0.1, 0.2], aucs, samples: [3, 1]))
    #expect(skewed.chosen(0) == "soft2" && skewed.methods[skewed.sets[0].next] == "soft1")
    #expect(skewed.sets[0].samples == 4 && skewed.sets[0].users == 2)
    #expect(skewed.sets[0].difference[2] == 0.1875 && skewed.sets[0].margin == 0.0625)
    #expect(skewed.sets[0].low[2] <= 0.1875 && skewed.sets[0].high[2] >= 0.1875)
  }

  /// The cloud model where no method is above it, and where a method is only as good.
  @Test(arguments: [0.4, 0.5])
  func fallsBackToCloud(_ auc: Double) throws {
    let choice = try choose(
      MethodChoiceTests.measured([0.1, 0.2], [[0.5, auc, 0.3, 0.2], [0.5, auc, 0.3, 0.2]]))
    #expect(choice.chosen(0) == "cloud" && choice.methods[choice.sets[0].best] == "soft1")
    #expect(choice.chosenMethods == ["cloud"])
  }

  /// A method under which more users' fine-tunings diverged is not taken, however good it is for the others.
  @Test func aDivergedMethodIsNotTaken() throws {
    let aucs = [[0.5, 0.6, .nan, 0.4], [0.5, 0.6, 1, 0.8], [0.5, 0.6, 1, 0.1]]
    let choice = try choose(MethodChoiceTests.measured([0.1, 0.2, 0.2], aucs))
    #expect(choice.chosen(0) == "soft1" && choice.sets[0].advantage[2].isNaN)
    near(choice.sets[0].auc[2], 2.5 / 3)
  }

  /// Earlier folds count less.
  @Test func foldsDecay() throws {
    var measured = MethodChoiceTests.measured([0.1, 0.2], [[0.5, 0.6, 0.5, 0.5], [0.5, 0.6, 0.5, 0.5]])
    let earlier = MethodChoiceTests.measured(
      [0.1, 0.2], [[0.5, 0.5, 0.8, 0.5], [0.5, 0.5, 0.8, 0.5]], fold: 2)
    measured.user += earlier.user
    measured.fold += earlier.fold
    measured.localCTR += earlier.localCTR
    measured.samples += earlier.samples
    for method in 0..<4 { measured.aucs[method] += earlier.aucs[method] }
    #expect(try choose(measured).chosen(0) == "soft2")
    let latest = try choose(measured, ", decay: 0.25")
    #expect(latest.chosen(0) == "soft1" && latest.sets[0].users == 2 && latest.sets[0].samples == 4)
    near(latest.sets[0].auc[1], 0.58)
  }

  /// Forty users in two groups: soft1 is better in one by much, soft2 in the other.
  private func groups(_ gain: Double, noise: Double) -> MethodChoiceTable.Measured {
    var random = KeyedRandom(seed: 7)
    var (rates, aucs): ([Double], [[Double]]) = ([], [])
    for user in 0..<40 {
      let isLow = user < 20
      func draw(_ mean: Double) -> Double { 0.5 + mean + noise * (random.uniform() - 0.5) }
      rates.append(isLow ? 0.1 : 0.5)
      aucs.append([0.5, draw(isLow ? 0.02 : 0.01), draw(isLow ? 0.015 - gain : 0.01 + gain), draw(0)])
    }
    return MethodChoiceTests.measured(rates, aucs)
  }

  /// Groups that differ by much more than chance have their own method, those that do not that of all users.
  @Test func groupsAreDrawnTowardsAllUsers() throws {
    let apart = try choose(groups(0.1, noise: 0.05), edges: [0.3])
    #expect(apart.sets.count == 3 && apart.edges == [0, 0.3, 1])
    #expect(apart.chosen(1) == "soft1" && apart.chosen(2) == "soft2")
    let reference = apart.sets[0].chosen
    for set in 1...2 {
      for method in 0..<4 where method != reference {
        let own = apart.sets[set].auc[method] - apart.sets[set].auc[reference]
        let (shrunken, whole) = (apart.sets[set].advantage[method], apart.sets[0].advantage[method])
        #expect(min(own, whole) <= shrunken + 1e-12 && shrunken <= max(own, whole) + 1e-12)
      }
      #expect(apart.sets[set].advantage[reference] == 0)
    }
    // The same gains within noise that is far larger.
    let noisy = try choose(groups(0.002, noise: 0.9), edges: [0.3])
    #expect(noisy.chosen(1) == noisy.chosen(0) && noisy.chosen(2) == noisy.chosen(0))
    // Drawn all the way, a group has what all users have; not drawn at all, what is best in it.
    let whole = try choose(groups(0.1, noise: 0.05), ", shrinkage: 1000000", edges: [0.3])
    #expect(whole.chosen(1) == whole.chosen(0) && whole.chosen(2) == whole.chosen(0))
    let free = try choose(groups(0.1, noise: 0.05), ", shrinkage: 0", edges: [0.3])
    near(free.sets[1].advantage[0], free.sets[1].auc[0] - free.sets[1].auc[free.sets[0].chosen])
  }

  /// A group without users, and one of a single user, have the method of all users.
  @Test func smallGroupsHaveWhatAllUsersHave() throws {
    var measured = groups(0.1, noise: 0.05)
    measured.localCTR[39] = 0.95
    for method in 0..<4 { measured.aucs[method][39] = method == 3 ? 1 : 0 }
    let choice = try choose(measured, edges: [0.3, 0.6, 0.9])
    #expect(choice.sets[3].users == 0 && choice.chosen(3) == choice.chosen(0))
    #expect(choice.sets[4].users == 1 && choice.chosen(4) == choice.chosen(0))
  }

  /// DerSimonian and Laird's own example needs no pooling: with one method it is their estimate.
  @Test func varianceBetweenGroups() {
    func groups(_ values: [Double], _ variances: [Double]) -> [PooledUsers.Difference] {
      zip(values, variances).map { PooledUsers.Difference(value: $0, variance: $1) }
    }
    let one = groups([0, 2, 4], [1, 1, 1])
    // Q = 8, df = 2, C = 3 - 1 = 2.
    #expect(MethodChoice.variances(between: [one]) == [3])
    #expect(MethodChoice.variances(between: [groups([0, 1, 2], [1, 1, 1])]) == [0])
    // With another method whose groups do not differ: (8 + 0) / (2 + 2) - 1 = 1, times v = 1 and v = 4.
    #expect(MethodChoice.variances(between: [one, groups([1, 1, 1], [4, 4, 4])]) == [1, 4])
    #expect(MethodChoice.variances(between: [groups([1, 5], [.nan, 1])]) == [0])
  }

  /// A user's labels of hard correction are the ones that the other parts of users choose.
  @Test func labelsAreCrossFitted() throws {
    let job = try Job.parse("search: {alphas: [1, 0.8, 1.2], betas: [0]}", file: "test.yaml")
    let plan = SearchPlan(job, methods: [.hard]) { [job.ownSettings($0)] }
    let entry = plan.entries[0]
    #expect(entry.points == [1, 2, 3] && entry.plain == 1)
    // The user of part 2 alone makes 0.8 the best; for all others 1.2 is.
    let users = [10, 11, 12, 13, 14]
    let scores = SearchScores(
      localCTR: [0.1, 0.1, 0.1, 0.1, 0.1], weight: [1, 1, 1, 1, 1],
      aucs: [
        [0.5, 0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5, 0.5], [0.6, 0.6, 1, 0.6, 0.6],
        [0.65, 0.65, 0.1, 0.65, 0.65],
      ])
    let fitted = scores.crossFit(entry, points: plan.points, users: users, intervals: CTRIntervals(edges: []))
    #expect(fitted.tables.map(\.alpha) == [[0.8], [0.8], [1.2], [0.8], [0.8]])
    #expect(fitted.aucs == [0.6, 0.6, 0.1, 0.6, 0.6])
  }

  /// In a later fold each user has the labels of the user's own part.
  @Test func partsHaveTablesOfTheirOwn() throws {
    let dataset = smallDataset(users: 9).inTimeOrder
    let job = try SearchTests.job("WideDeep")
    let tables = (0..<CrossFittedLabels.parts).map {
      LabelTable.Pairs(edges: [0, 1], alpha: [0.6 + 0.2 * Double($0)], beta: [0.05 * Double($0)])
    }
    let plan = SearchPlan(job, methods: [.hard], tables: tables) { [job.ownSettings($0)] }
    #expect(plan.points.count == 2)
    let cut = try dataset.holdingOut(0.4)
    let weights = FineTuningExample.weights(job, dataset)
    let run = SearchRun(
      job: job, dataset: cut, weights: weights, points: plan.points, communicator: SoloCommunicator())
    let scores = try run.run()
    for (index, user) in run.users.enumerated() {
      var own = job
      own.fineTuning.methods = [.cloud, .hard]
      own.findings.labels = SearchFindings.Labels(pairs: tables[user % 5])
      let tuner = UserFineTuner(job: own, dataset: cut, weights: weights, globalCTR: cut.globalCTR)
      let aucs = try FineTuningExample.run(tuner, user: user).map(\.outcome.auc)
      #expect([scores.aucs[0][index], scores.aucs[1][index]] == aucs)
    }
    #expect(Set(run.users.map { $0 % 5 }).count > 2)
  }
}

/// Whether two numbers are the same but for rounding.
private func near(
  _ value: Double, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(abs(value - expected) < 1e-12, "\(value) instead of \(expected)", sourceLocation: sourceLocation)
}
