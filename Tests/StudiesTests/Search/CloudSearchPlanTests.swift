import Foundation
import LCFT
import Studies
import Testing

/// Which candidates a search of cloud settings has.
@Suite struct CloudSearchPlanTests {
  private func plan(_ search: String, _ more: String = "") throws -> CloudSearchPlan {
    try CloudSearchPlan(
      try Job.parse(
        """
        model: {name: PNN}
        training: {epochs: 9, optimizer: adam}
        validation: {last: 0.1}
        search: {cloud: {\(search)}}
        \(more)
        """, file: "job.yaml"), file: "job.yaml")
  }

  @Test func aGridIsEveryCombination() throws {
    let plan = try plan("settings: {training.learning_rate: [0.1, 1e-2], model.hidden: [[8, 4], [6]]}")
    #expect(
      plan.candidates.map(\.text) == [
        "{training.learning_rate: 0.1, model.hidden: [8, 4]}",
        "{training.learning_rate: 0.1, model.hidden: [6]}",
        "{training.learning_rate: 1e-2, model.hidden: [8, 4]}",
        "{training.learning_rate: 1e-2, model.hidden: [6]}",
      ])
    #expect(
      plan.candidates[3].job.training.learningRate == 0.01 && plan.candidates[3].job.model.hidden == [6])
    #expect(plan.candidates[3].job.training.optimizer.name == "adam")
    #expect(plan.rounds.count == 1 && plan.epochs(of: plan.candidates[0], round: 0) == 9)
  }

  /// A draw depends on the seed, the candidate and the setting's place alone.
  @Test func drawsAreKeyedAndLieInTheirRanges() throws {
    let settings =
      "settings: {training.learning_rate: {from: 0.001, to: 1, log: true}, training.dropout: {from: 0, to: 0.5}, "
      + "training.batch_size: {from: 16, to: 64}, training.optimizer: [sgd, adagrad]}"
    let many = try plan("method: random, candidates: 200, \(settings)").candidates
    let few = try plan("method: random, candidates: 5, \(settings)").candidates
    #expect(few.map(\.text) == many.prefix(5).map(\.text))
    #expect(
      try plan("method: random, candidates: 5, \(settings)", "seed: 2").candidates.map(\.text)
        != few.map(\.text))
    let rates = many.map(\.job.training.learningRate)
    #expect(rates.allSatisfy { (0.001...1).contains($0) })
    // Half of the draws on a logarithmic scale are below its middle; a fair coin is off by 30 once in 40,000 times.
    #expect(abs(rates.count { $0 < pow(0.001, 0.5) } - 100) < 30)
    #expect(abs(many.count { $0.job.training.dropout < 0.25 } - 100) < 30)
    #expect(abs(many.count { $0.job.training.optimizer.name == "sgd" } - 100) < 30)
    let sizes = Set(many.map(\.job.training.batchSize))
    #expect(sizes.count > 30 && sizes.allSatisfy { (16...64).contains($0) })
    #expect(Set(many.map(\.text)).count == 200)
  }

  @Test(arguments: [
    (27, 27, 3, [1, 3, 9, 27]), (9, 100, 3, [11, 33, 100]), (100, 4, 2, [1, 2, 4]), (2, 9, 3, [9]),
    (12, 9, 3, [1, 3, 9]),
  ])
  func roundsEndWithAllEpochs(_ candidates: Int, _ epochs: Int, _ factor: Int, _ rounds: [Int]) {
    #expect(CloudSearchPlan.rounds(candidates, epochs: epochs, factor: factor) == rounds)
  }

  @Test(arguments: [
    ("settings: {training.epoch: [1]}", "search.cloud.settings.training.epoch is not searched"),
    ("settings: {model.histories: [[positive]]}", "model.histories is not searched"),
    (
      "settings: {training.dropout: {from: 0, to: 0.5}}",
      "has a range for training.dropout, which a grid cannot have"
    ),
    ("method: random, settings: {training.dropout: {from: 0.5, to: 0.1}}", "must rise from"),
    ("method: random, settings: {training.dropout: {from: 0, to: 0.1, log: true}}", "must rise from"),
    ("method: random, settings: {training.dropout: {from: 0, till: 0.1}}", "unknown key till"),
    (
      "method: halving, settings: {training.epochs: [1, 2]}",
      "has training.epochs, which halving itself varies"
    ),
    (
      "candidates: 4, settings: {training.dropout: [0]}",
      "candidates is of drawn candidates, but the method is grid"
    ),
    ("settings: {training.dropout: [2]}", "training.dropout must be a number from 0.0 to 0.99 instead of 2"),
    ("settings: {model.gru: [2]}", "unknown key gru in model"),
    ("settings: {training.dropout: []}", "must be a list of 1 to 1000 values"),
  ])
  func refusals(_ search: String, _ message: String) {
    #expect { try plan(search) } throws: { "\($0)".contains(message) }
  }
}
