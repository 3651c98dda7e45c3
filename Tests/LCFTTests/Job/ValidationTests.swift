import IO
import LCFT
import Testing

@Suite struct ValidationTests {
  private func evaluations(_ scores: [(Double?, Double)]) -> [Checkpoint.Evaluation] {
    scores.enumerated().map { place, score in
      Checkpoint.Evaluation(
        epoch: place, step: 10 * place, userAUC: score.0, logLoss: score.1, calibration: nil)
    }
  }

  private func rule(_ text: String) throws -> Job.Validation {
    try Job.parse("validation: {last: 0.1, \(text)}", file: "job.yaml").validation
  }

  @Test func theBestIsTheFirstOfEqualOnes() throws {
    let found = evaluations([(nil, 0.7), (0.6, 0.5), (0.8, 0.6), (0.8, 0.4), (0.7, 0.4)])
    #expect(try rule("metric: user_auc").best(of: found) == 2)
    #expect(try rule("metric: log_loss").best(of: found) == 3)
    #expect(try rule("metric: user_auc").best(of: Array(found[..<1])) == nil)
    // A loss that is not a number is no best one.
    #expect(try rule("metric: log_loss").best(of: evaluations([(nil, .nan), (nil, 0.5), (nil, .nan)])) == 1)
  }

  @Test func patienceCountsEvaluationsAfterTheBest() throws {
    let found = evaluations([(0.6, 1), (0.8, 1), (0.8, 1), (0.7, 1)])
    #expect(try rule("patience: 2").ends(after: found))
    #expect(try !rule("patience: 2").ends(after: Array(found.dropLast())))
    #expect(try !rule("patience: 3").ends(after: found))
    #expect(try !rule("metric: user_auc").ends(after: found))
    #expect(try !rule("patience: 1").ends(after: []))
  }

  @Test func whatNeedsASampleHeldOutIsRefusedWithoutOne() {
    for setting in ["every_steps: 10", "metric: log_loss", "patience: 2"] {
      #expect {
        try Job.parse("validation: {\(setting)}", file: "job.yaml")
      } throws: { "\($0)".contains("needs last") }
    }
    #expect { try Job.parse("validation: {last: 1}", file: "job.yaml") } throws: {
      "\($0)".contains("from 0.01 to 0.99")
    }
  }
}
