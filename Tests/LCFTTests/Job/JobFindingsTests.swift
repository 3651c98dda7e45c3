import IO
import LCFT
import TestSupport
import Testing

/// What searches found, beside what the job file says.
@Suite struct JobFindingsTests {
  static let text = """
    finetuning: {methods: [cloud, local, soft1, hard], per_method: {local: {epochs: 4}, soft1: {batch_size: 8}}}
    """

  private func job() throws -> Job { try Job.parse(JobFindingsTests.text, file: "job.yaml") }

  private func labels(_ change: (inout LabelTable.Pairs) -> Void = { _ in }) -> SearchFindings.Labels {
    var pairs = FineTuningExample.pairs
    change(&pairs)
    return SearchFindings.Labels(pairs: pairs)
  }

  @Test func foundSettingsReplaceThoseOfTheJob() throws {
    var job = try job()
    try job.takeSettings(
      "format: lcft-search\nper_method:\n  local: {learning_rate: 0.3, epochs: 2}\n  soft2: {epochs: 5}\nmore: 1\n",
      file: "search.yaml")
    #expect(job.text == JobFindingsTests.text)
    #expect(job.tuning(of: .local) == TuningOverrides(learningRate: 0.3, epochs: 2))
    #expect(job.tuning(of: .soft1) == TuningOverrides(batchSize: 8))
    #expect(job.tuning(of: .soft2) == TuningOverrides(epochs: 5) && job.tuning(of: .hard) == nil)
    #expect(job.fineTuning.perMethod[.local] == TuningOverrides(epochs: 4))
    let settings = TuningSettings(job, .local, labels: .plain)
    #expect((settings.learningRate, settings.epochs, settings.batchSize) == (0.3, 2, 32))
    // What a later search found replaces all that an earlier one did.
    try job.takeSettings("per_method: {soft1: {epochs: 3}}", file: "search.yaml")
    #expect(job.findings.settings == ["soft1": TuningOverrides(epochs: 3)])
  }

  @Test(arguments: [
    ("name: x\n", "search.yaml:1: has no per_method, the settings by method that lcft search writes"),
    (
      "per_method: {local: {epochs: 0}}\n",
      "search.yaml:1: per_method.local.epochs must be a whole number from 1 to 10000 instead of 0"
    ),
    (
      "per_method:\n  locl: {epochs: 1}\n",
      "search.yaml:2: unknown key locl in per_method (did you mean local?); allowed: local, soft1, soft2, hard, bias_only, dense_only, embeddings_only, prior_offset, balanced1, balanced2, shrunken_soft1, shrunken_soft2, shrunken_balanced1, shrunken_balanced2, proximal, averaged, cloud, grouped, cloud_without_user, popularity, lcft, lcft_by_ctr"
    ),
  ])
  func wrongSettingsAreRefused(_ text: String, _ message: String) throws {
    var job = try job()
    #expect { try job.takeSettings(text, file: "search.yaml") } throws: { "\($0)" == message }
  }

  /// Settings and labels are compared by value, wherever they come from, and only for the job's methods.
  @Test func comparesByValue() throws {
    func refused(_ change: (inout Job) throws -> Void) throws -> String? {
      let job = try job()
      var other = job
      try change(&other)
      do {
        try Journal.check(job.fineTuningSettings, are: other.fineTuningSettings, file: "r.h5")
        return nil
      } catch FileError.otherSettings(_, let setting, _, _) { return setting }
    }
    #expect(try refused { try $0.takeSettings("per_method: {local: {epochs: 4}}", file: "s") } == nil)
    #expect(try refused { try $0.takeSettings("per_method: {soft2: {epochs: 9}}", file: "s") } == nil)
    #expect(
      try refused { try $0.takeSettings("per_method: {soft1: {epochs: 9}}", file: "s") }
        == "finetuning.per_method.soft1.epochs")
    #expect(try refused { $0.findings.labels = labels() } == "the labels of hard")
    #expect(
      try refused {
        $0.findings.labels = labels()
        $0.fineTuning.methods = [.cloud, .local, .soft1]
      } == "finetuning.methods")
    // The grouping's settings come and go with the method.
    #expect(
      try refused { $0.fineTuning.methods.append(.grouped) } == "finetuning.methods")
    var (one, other) = (try job(), try job())
    one.findings.labels = labels()
    other.findings.labels = SearchFindings.Labels(
      pairs: FineTuningExample.pairs, tableDigest: "another", datasetDigest: "one")
    try Journal.check(one.fineTuningSettings, are: other.fineTuningSettings, file: "r.h5")
    other.findings.labels = labels { $0.beta[1] = 0.05 }
    #expect(throws: FileError.self) {
      try Journal.check(one.fineTuningSettings, are: other.fineTuningSettings, file: "r.h5")
    }
  }

  /// Files hold what their methods used.
  @Test func unusedFindingsAreLeftOut() throws {
    var job = try job()
    job.findings = SearchFindings(
      labels: labels(),
      settings: ["local": TuningOverrides(epochs: 2), "soft2": TuningOverrides(epochs: 3)])
    #expect(
      job.findings(usedBy: [.cloud, .local])
        == SearchFindings(settings: ["local": TuningOverrides(epochs: 2)]))
    #expect(job.findings(usedBy: [.hard]) == SearchFindings(labels: labels()))
    #expect(job.findings(usedBy: [.cloud]).isEmpty)
  }

  /// The job of a file: text and findings together; a file that does not tell its findings is refused.
  @Test func jobsOfFiles() throws {
    let findings = SearchFindings(labels: labels(), settings: ["local": TuningOverrides(epochs: 2)])
    let job = try Job.parse(JobFindingsTests.text, findings: findings, file: "r.h5")
    #expect(job.findings == findings && job.text == JobFindingsTests.text)
    #expect { try Job.parse(JobFindingsTests.text, findings: nil, file: "r.h5") } throws: {
      "\($0)".hasPrefix("r.h5: was written by lcft 0.1, whose runs cannot be resumed")
    }
    #expect { try Job.parse("seed: x\n", findings: findings, file: "r.h5") } throws: {
      "\($0)".hasPrefix("r.h5:/job:1: seed must be")
    }
  }
}
