import Foundation
import IO
import LCFT
import Runs
import TestSupport
import Testing

/// Searches of cloud settings.
@Suite struct SearchCloudTests {
  private static let grid = """
    validation: {last: 0.3, metric: log_loss}
    search: {learning_rates: [0.02], choice: {folds: 2}, cloud: {settings: {training.learning_rate: [0.05, 0.5, 1000], model.hidden: [[8], [4]]}}}
    """

  @discardableResult
  private func search(_ example: RunExample, _ start: RunStart = .fresh) throws -> CandidateTable {
    let session = try example.session(.cloudSearch, start)
    let inputs = try example.inputs(Inputs.Options(labelledMethods: []), in: session)
    return try #require(try session.perform(SearchCloud(session, inputs, file: example.job)))
  }

  /// Every candidate scores what a training of its own scores; the best comes first, and its job makes it again.
  @Test func candidatesAreTrainingsOfTheirJobs() throws {
    let example = try RunExample(SearchCloudTests.grid)
    let table = try search(example)
    #expect(table.rows.count == 6 && table.metric == "log_loss")
    let losses = table.rows.filter { !$0.diverged }.map(\.logLoss)
    #expect(losses == losses.sorted() && losses.count >= 4)
    let left = try example.contents()?.keys.sorted().filter { !$0.hasPrefix(".") }
    #expect(left == ["progress.jsonl", "search-cloud.h5", "search-cloud.yaml"])
    for row in table.rows where row.settings.contains("0.05") || row == table.rows[0] {
      let one = try RunExample()
      let values = row.settings.contains("[4]") ? "[4]" : "[8]"
      let rate = row.settings.contains("0.05") ? "0.05" : "0.5"
      try """
      name: one
      model: {name: DIN, attention: [6, 4], hidden: \(values), history_length: 5}
      training: {epochs: 2, batch_size: 32, learning_rate: \(rate), virtual_shards: 4}
      validation: {last: 0.3, metric: log_loss}
      finetuning: {methods: [cloud]}
      """.write(toFile: one.job, atomically: true, encoding: .utf8)
      let model = try one.train()
      let best = try #require(model.best.map { model.evaluations[$0] })
      #expect(
        best.logLoss == row.logLoss && best.userAUC == row.userAUC && best.step == row.step, "\(row.settings)"
      )
    }
    let again = try RunExample()
    try FileManager.default.removeItem(atPath: again.job)
    try FileManager.default.copyItem(atPath: "\(example.output)/search-cloud.yaml", toPath: again.job)
    let model = try again.train()
    #expect(model.best.map { model.evaluations[$0].logLoss } == table.rows[0].logLoss)
    // The other searches of the job are those of the best one's.
    let search = try Job.read(again.job).search
    #expect(search.learningRates == [0.02] && search.choice.folds == 2 && search.cloud == Job.Search().cloud)
    // The next one is compared over users.
    #expect(table.rows[0].difference.isNaN && table.rows[1].low <= table.rows[1].high)
    let read = try CandidateTableFile.read("\(example.output)/search-cloud.h5")
    #expect(read.contentDigest() == table.contentDigest())
  }

  /// The finalists of successive halving have been trained as if by themselves, and the others for less.
  @Test func halvingTrainsTheBestForLonger() throws {
    let halving = """
      validation: {last: 0.3, metric: log_loss}
      search: {cloud: {method: halving, candidates: 4, factor: 2, settings: {training.learning_rate: {from: 0.01, to: 1, log: true}}}}
      """
    let example = try RunExample(halving)
    try example.write(halving, epochs: 4)
    let table = try search(example)
    #expect(table.rows.map(\.epochs) == [4, 2, 1, 1])
    let other = try RunExample(SearchCloudTests.grid)
    try other.write(
      halving.replacingOccurrences(
        of: "method: halving, candidates: 4, factor: 2", with: "method: random, candidates: 4"),
      epochs: 4)
    let all = try search(other)
    #expect(all.rows.allSatisfy { $0.epochs == 4 })
    let same = try #require(all.rows.first { $0.settings == table.rows[0].settings })
    #expect(same.logLoss == table.rows[0].logLoss && same.userAUC == table.rows[0].userAUC)
  }

  @Test func refusals() throws {
    let check = CheckTests()
    for (settings, message) in [
      ("validation: {last: 0.3}", "the job has no search.cloud.settings"),
      ("search: {cloud: {settings: {training.dropout: [0, 0.1]}}}", "the job has no validation.last"),
      (
        "validation: {last: 0.3}\nsearch: {cloud: {settings: {training.warmup_steps: [0, 10000]}}}",
        "training.warmup_steps is 10000"
      ),
    ] {
      let example = try RunExample(settings)
      try check.expectRefused(example, message) { try search(example) }
    }
    let example = try RunExample(SearchCloudTests.grid)
    try search(example)
    try check.expectRefused(example, "search-cloud.h5") { try search(example) }
    try example.write(SearchCloudTests.grid.replacingOccurrences(of: "0.05, ", with: ""))
    try check.expectRefused(example, "what is searched") { try search(example, .resume) }
  }
}
