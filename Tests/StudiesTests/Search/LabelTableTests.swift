import IO
import LCFT
import Support
import TestSupport
import Testing

@Suite struct LabelTableTests {
  private func table() -> LabelTable {
    var origin = SearchOrigin()
    origin.model = "DIN"
    origin.datasetDigest = "data"
    origin.checkpointDigest = "model"
    origin.holdout = 0.2
    let scores = (0..<3).map {
      LabelTable.Scores(
        users: $0, samples: 4 * $0, auc: $0 == 0 ? .nan : 1.0 / 3, plainAUC: 0.1 + 0.2, low: -0.01, high: 0.02
      )
    }
    return LabelTable(
      pairs: FineTuningExample.pairs, scores: scores, alphas: [0.8, 1.2], betas: [0.1],
      grid: [0.1, .nan, 1.0 / 7, 0.4, 0.5, 0.6], origin: origin)
  }

  /// A user at an edge belongs to the interval below it, as everywhere in label correction.
  @Test(arguments: [
    (0.0, 0), (0.05, 0), (0.1, 0), (0.1.nextUp, 1), (0.3, 1), (0.3.nextUp, 2), (0.99, 2), (1.0, 2),
  ])
  func looksUpAtTheEdges(_ w: Double, _ group: Int) {
    let labels = LabelCorrection.labels(
      .hard, ClickRates(localCTR: w, globalCTR: 0.2), table: FineTuningExample.pairs)
    #expect(
      labels
        == CorrectedLabels(
          alpha: FineTuningExample.pairs.alpha[group], beta: FineTuningExample.pairs.beta[group],
          status: .corrected))
  }

  @Test func bothFilesHoldTheSameLabels() throws {
    let folder = try FileTestFolder()
    let path = folder.file("labels.h5")
    let table = table()
    try LabelTableFile.write(table, to: path)
    let textPath = try folder.write(table.yaml, to: "labels.yaml")
    let stored = try LabelTable.read(path)
    #expect(stored.pairs == table.pairs && stored.origin == table.origin)
    #expect(stored.contentDigest() == table.contentDigest())
    #expect(try LabelTable.read(textPath).pairs == table.pairs)
  }

  @Test func refusesWrongTables() {
    for (text, part) in [
      ("format: lcft-search\n", "not a table of labels"),
      ("format: lcft-labels\n", "groups must be a list"),
      ("format: lcft-labels\ngroups: [{local_ctr: [0, 0.5], alpha: 1, beta: 0}]\n", "rise from 0 to 1"),
      (
        "format: lcft-labels\ngroups:\n  - {local_ctr: [0, 0.5], alpha: 1, beta: 0}\n"
          + "  - {local_ctr: [0.6, 1], alpha: 1, beta: 0}\n", "t.yaml:4: groups[1].local_ctr must start where"
      ),
    ] {
      #expect {
        _ = try LabelTable(yaml: text, file: "t.yaml")
      } throws: {
        "\($0)".contains(part)
      }
    }
  }

  @Test func jobsHoldTheSearch() throws {
    let job = try Job.parse(
      """
      finetuning:
        learning_rate: 0.5
        label_table: labels.h5
        per_method: {soft1: {learning_rate: 0.25, epochs: 3}}
      search:
        alphas: [1, 2]
        betas: [0]
        groups: {edges: [0, 0.25]}
        holdout: 0.4
        learning_rates: [0.1]
        epochs: [1, 2]
        batch_sizes: [8]
      """, file: "job.yaml")
    #expect(job.fineTuning.perMethod == [.soft1: TuningOverrides(learningRate: 0.25, epochs: 3)])
    #expect(job.fineTuning.labelTable == "labels.h5")
    #expect(job.search.groups == .edges([0, 0.25]) && job.search.alphas == [1, 2])
    #expect(job.search.holdout == 0.4 && job.search.epochs == [1, 2] && job.search.batchSizes == [8])
    for (text, part) in [
      (
        "search: {groups: {edges: [0.5, 0.2]}}", "search.groups.edges must be a list of local CTRs that rise"
      ),
      (
        "search: {groups: {edges: [0.5], quantiles: 3}}",
        "search.groups.quantiles cannot be given together with edges"
      ),
      ("search: {alpha: [1]}", "unknown key alpha in search"),
      ("finetuning: {per_method: {cloud: {epochs: 2}}}", "cloud has no settings"),
    ] {
      #expect {
        _ = try Job.parse(text, file: "job.yaml")
      } throws: {
        "\($0)".contains(part)
      }
    }
  }
}
