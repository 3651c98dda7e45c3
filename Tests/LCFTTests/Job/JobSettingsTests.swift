import IO
import LCFT
import Models
import Testing

/// The tables of the job's sections: what a row says is what reading and comparing do.
@Suite struct JobSettingsTests {
  /// Jobs that have, all together, every setting that a job can have.
  static let jobs: [Job] = ModelRegistry.names.flatMap { model in
    [("sgd", "epochs"), ("adam", "steps"), ("adagrad", "cosine")].flatMap { optimizer, schedule in
      ["", "edges: [0.2, 0.4], "].map { edges in
        let methods = Method.allCases.map(\.rawValue).joined(separator: ", ")
        return try! Job.parse(
          """
          model: {name: \(model)}
          training: {optimizer: \(optimizer), learning_rate_schedule: \(schedule)}
          validation: {last: 0.2}
          finetuning: {methods: [\(methods)], optimizer: \(optimizer)}
          grouping: {\(edges)optimizer: \(optimizer)}
          search: {groups: {\(edges)}, cloud: {method: halving}}
          """, file: "job.yaml")
      }
    }
  }

  /// What is compared for which effects.
  static var comparisons: [(name: String, settings: (Job) -> Journal.Settings, effects: SettingEffects)] {
    [
      ("training", \.trainingSettings, .cloudModel),
      ("fine-tuning", \.fineTuningSettings, [.outcomes, .groupModels]),
      ("grouping", \.groupingSettings, .groupModels),
      ("search", \.searchSettings, [.cloudModel, .searches]),
    ]
  }

  private func refusal(_ found: Job, _ wanted: Job, _ settings: (Job) -> Journal.Settings) -> FileError? {
    do {
      try Journal.check(settings(found), are: settings(wanted), file: "r.h5")
      return nil
    } catch { return error as? FileError }
  }

  /// Every setting is changed in turn: a comparison names it where its row says so, and else accepts the job.
  @Test func comparisonsDoAsTheTableSays() throws {
    var names: Set<String> = []
    for job in JobSettingsTests.jobs {
      for (name, setting) in Job.sections.all() where setting.applies(to: job) {
        names.insert(name)
        var other = job
        setting.change(&other)
        let (old, new) = (setting.text(job), setting.text(other))
        try #require(old != new, "\(name) has not changed")
        for (part, settings, effects) in JobSettingsTests.comparisons {
          let expected =
            setting.effects(in: job).isDisjoint(with: effects)
            ? nil
            : FileError.otherSettings(
              file: "r.h5", setting: name, found: old ?? "(not given)", wanted: new ?? "(not given)")
          #expect(refusal(job, other, settings) == expected, "\(name), \(part), \(job.model.name)")
        }
      }
    }
    #expect(names == Set(Job.sections.all().map(\.name)))
  }

  /// A changed setting comes back from YAML, unless it does not go with others.
  @Test func changedSettingsAreRead() throws {
    for job in JobSettingsTests.jobs {
      let model = try #require(ModelRegistry.settings(job.model.name))
      for (name, setting) in Job.sections.all() where setting.applies(to: job) {
        var other = job
        setting.change(&other)
        let isRefused =
          switch name {
          case "model.histories": model.histories != nil
          default: false
          }
        let text = other.yaml
        if isRefused {
          #expect { try Job.parse(text, file: "job.yaml") } throws: { "\($0)".contains(" must be ") }
        } else {
          let read = try Job.parse(text, file: "job.yaml")
          #expect(setting.text(read) == setting.text(other), "\(name), \(job.model.name)")
          other.text = text
          // The name is not given where it is the model's.
          #expect(name == "model.name" || read == other, "\(name), \(job.model.name)")
        }
      }
    }
  }

  /// Every stored value of a section has a row.
  @Test func everyFieldHasARow() {
    let job = Job.sections
    func section(_ key: String) -> JobSection { job.subsections.first { $0.key == key }! }
    func rows(_ key: String) -> Int {
      let section = section(key)
      let optimizers = ["beta1", "beta2", "epsilon"]
      return section.settings.count { !optimizers.contains($0.key) } + section.subsections.count
    }
    func fields(_ value: Any) -> Int { Mirror(reflecting: value).children.count }
    let some = JobSettingsTests.jobs[0]
    #expect(rows("training") == fields(some.training))
    #expect(rows("validation") == fields(some.validation))
    #expect(rows("metrics") == fields(some.metrics))
    #expect(rows("finetuning") == fields(some.fineTuning))
    #expect(rows("grouping") == fields(some.grouping))
    #expect(rows("search") == fields(some.search))
    // The features and the widths that they have by name come with the data set; which of them are taken, the use of the
    // genome and the length of histories are the job's.
    #expect(rows("model") == fields(some.model) - 1 + 3)
    #expect(fields(TuningOverrides()) == section("finetuning").subsections[0].subsections[0].settings.count)
  }

  /// What is compared, by name; what a model or an optimiser does not have is not.
  @Test func namesOfWhatIsCompared() throws {
    let din = try Job.parse("grouping: {edges: [0.5]}", file: "job.yaml")
    #expect(
      din.trainingSettings.map(\.name) == [
        "seed", "loss", "model.name", "model.item_embedding", "model.category_embedding",
        "model.attention", "model.attention_input", "model.attention_activation", "model.history_sum",
        "model.hidden", "model.batch_normalization", "model.input_normalization", "model.histories",
        "model.history_length", "model.features", "model.genome", "training.batch_size",
        "training.learning_rate",
        "training.learning_rate_schedule", "training.learning_rate_decay", "training.warmup_steps",
        "training.optimizer", "training.l2_dense", "training.l2_embeddings", "training.embedding_rows",
        "training.dropout",
        "training.normalization_momentum", "training.normalization_correction", "training.virtual_shards",
      ])
    let base = [
      "finetuning.epochs", "finetuning.batch_size", "finetuning.learning_rate", "finetuning.optimizer",
    ]
    #expect(
      din.fineTuningSettings.map(\.name)
        == ["finetuning.methods", "seed", "loss", "model.history_length"] + base + ["finetuning.losses"])
    #expect(
      din.groupingSettings.map(\.name) == [
        "seed", "loss", "model.history_length", "training.virtual_shards", "grouping.edges",
        "grouping.correction", "grouping.epochs", "grouping.batch_size", "grouping.learning_rate",
        "grouping.optimizer",
      ])
    #expect(
      din.searchSettings.map(\.name)
        == din.trainingSettings.map(\.name).filter { !["training.virtual_shards"].contains($0) }
        .flatMap { $0 == "training.batch_size" ? ["training.epochs", $0] : [$0] }
        + ["training.virtual_shards"] + base + ["search.holdout"])
    let lr = try Job.parse("model: {name: LR}\ntraining: {optimizer: adam}", file: "job.yaml")
    #expect(
      lr.trainingSettings.map(\.name) == [
        "seed", "loss", "model.name", "model.histories", "model.history_length", "model.features",
        "model.genome", "training.batch_size", "training.learning_rate", "training.learning_rate_schedule",
        "training.learning_rate_decay", "training.warmup_steps", "training.optimizer", "training.beta1",
        "training.beta2", "training.epsilon", "training.l2_dense", "training.l2_embeddings",
        "training.embedding_rows",
        "training.virtual_shards",
      ])
    // Where the rate reaches 0 depends on the number of epochs.
    let cosine = try Job.parse("training: {learning_rate_schedule: cosine}", file: "job.yaml")
    #expect(cosine.trainingSettings.map(\.name).last == "training.epochs")
  }

  /// Grouped models count only where the method is among the job's.
  @Test func groupsCountForTheirMethodOnly() throws {
    let plain = try Job.parse("finetuning: {methods: [local]}", file: "job.yaml")
    let other = try Job.parse(
      "finetuning: {methods: [local]}\ngrouping: {epochs: 7}", file: "job.yaml")
    #expect(refusal(plain, other, \.fineTuningSettings) == nil)
    #expect(refusal(plain, other, \.groupingSettings) != nil)
  }
}
