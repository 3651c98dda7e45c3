import LCFT
import Testing
import YAML

/// Jobs with other values for some settings, and jobs written out whole.
@Suite struct JobReplacementTests {
  private let text = """
    # A job.
    name: plain
    model: {name: DIN, hidden: [8, 4]}
    training:
      epochs: 2
      optimizer: adam
      beta1: 0.8
    """

  private func job(_ values: [(String, String)]) throws -> Job {
    try Job.parse(
      text, replacing: values.map { ($0, try YAMLValue.parse($1, file: "sweep.yaml")) }, file: "job.yaml")
  }

  @Test func replacedValuesAreThoseOfAJobThatSaysThem() throws {
    let changed = try job([
      ("training.epochs", "5"), ("model.hidden", "[16]"), ("finetuning.per_method.local.epochs", "3"),
      ("model.features", "{without: [brand]}"), ("seed", "7"),
    ])
    var written = try Job.parse(
      """
      name: plain
      seed: 7
      model: {name: DIN, hidden: [16], features: {without: [brand]}}
      training: {epochs: 5, optimizer: adam, beta1: 0.8}
      finetuning: {per_method: {local: {epochs: 3}}}
      """, file: "job.yaml")
    written.text = changed.text
    #expect(changed == written)
    // The text says all of it, and says it again when it is read.
    let again = try Job.parse(changed.text, file: "again.yaml")
    #expect(again == changed && again.yaml == changed.text)
    #expect(changed.text.contains("\n  learning_rate_schedule: epochs\n"))
  }

  @Test(arguments: [
    ("training.epochs", "[1, 2]", "sweep.yaml:1: training.epochs must be a whole number"),
    (
      "training.epoch", "1",
      "sweep.yaml:1: training.epoch is no setting of a job (did you mean training.epochs?)"
    ),
    ("training", "1", "sweep.yaml:1: training is no setting of a job"),
    ("model.gru", "4", "sweep.yaml:1: unknown key gru in model"),
    ("model.features", "{only: 3}", "sweep.yaml:1: model.features.only must be"),
    (
      "training.decay_steps", "4",
      "sweep.yaml:1: training.decay_steps is a setting of the learning_rate_schedule steps"
    ),
    // What does not go with it stands in the job.
    ("training.optimizer", "sgd", "job.yaml:7: training.beta1 is a setting of the optimizer adam"),
  ])
  func refusalsNameTheirPlace(_ key: String, _ value: String, _ message: String) {
    #expect { try job([(key, value)]) } throws: { "\($0)".hasPrefix(message) }
  }

  @Test(arguments: ["a b", "-", "#1", "x: y", "\"", "\\n", "5", "- x", "ä", "{a}", "two\nlines", "null"])
  func namesAreWrittenSoThatTheyAreRead(_ name: String) throws {
    var named = try Job.parse(text, file: "job.yaml")
    named.name = name
    #expect(try Job.parse(named.yaml, file: "again.yaml").name == name)
  }
}
