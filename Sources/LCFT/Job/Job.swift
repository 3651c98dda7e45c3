import IO
import Models
import Support

/// What a job file says: the model, how the cloud model is trained and how users' models are fine-tuned.
package struct Job: Sendable, Equatable {
  /// Cloud training, on all users' training samples.
  package struct Training: Sendable, Equatable {
    package var epochs = 2
    /// Samples per step, over all ranks.
    package var batchSize = 1024
    /// Learning rate of the first epoch.
    package var learningRate = 1.0
    /// Factor on the learning rate after each epoch.
    package var learningRateDecay = 0.1
    package var optimizer = Optimizer.sgd
    /// Fixed sets of users whose gradients are summed in a fixed order; at least the number of ranks.
    package var virtualShards = 8
    /// Within an epoch a checkpoint is written after so many steps (nil: not by steps), and when the last one is
    /// this old (0: not by time). Neither changes what is computed.
    package var checkpointSteps: Int?
    package var checkpointMinutes = 10.0
  }

  /// Fine-tuning, for each user on the user's own training samples.
  package struct FineTuning: Sendable, Equatable {
    package var methods: [Method] = [.cloud, .local, .soft1, .soft2]
    package var epochs = 1
    package var batchSize = 32
    package var learningRate = 0.01
    /// Its state starts anew for every user and method.
    package var optimizer = Optimizer.sgd
    /// Whether results hold every test sample's prediction, per method.
    package var savePredictions = true
    /// Whether the training samples are scored before and after every fine-tuning, for their losses.
    package var losses = true
    /// Settings of single methods, instead of those above.
    package var perMethod: [Method: TuningOverrides] = [:]
    /// The file of hard correction's table, and what it says.
    package var labelTable: String?
    package var labelPairs: LabelTable.Pairs?
  }

  /// Fine-tuning of one model per group of users of like local CTR, on the samples of all of the group's users:
  /// what the method `grouped` serves them with.
  package struct Grouping: Sendable, Equatable {
    /// Between the groups; empty where quantiles say them.
    package var edges: [Double] = []
    /// Groups of about equally many users, where no edges are given.
    package var quantiles = 3
    /// Whose labels the samples get, by their user's local CTR.
    package var correction = Method.soft1
    package var epochs = 1
    /// Samples per step, over all ranks.
    package var batchSize = 32
    package var learningRate = 0.01
    package var optimizer = Optimizer.sgd

    /// The methods that only correct labels.
    static let corrections: [Method] = [.local, .soft1, .soft2]
  }

  package var name: String
  package var seed: UInt64 = 1
  package var model: ModelConfiguration
  /// Entries of a history that the model sees, the latest ones.
  package var historyLength = 50
  package var genome = GenomeUse.ifPresent
  package var loss: Loss = .crossEntropy
  package var training = Training()
  package var fineTuning = FineTuning()
  package var grouping = Grouping()
  package var search = Search()
  /// The file's text as it was read, kept in every output.
  package var text = ""

  /// Reads and checks a job file.
  package static func read(_ path: String) throws -> Job {
    try parse(try text(of: path, kind: "job file"), file: path)
  }

  /// The text of the file `path`; `kind` says in errors what it should be.
  package static func text(of path: String, kind: String) throws -> String {
    do throws(TextFile.Failure) {
      return try TextFile.text(path)
    } catch {
      throw JobError.unreadable(
        file: path, reason: error == .missing ? "no such \(kind)" : "the \(kind) \(error)")
    }
  }

  /// Checks a job file's text; `file` names it in errors.
  package static func parse(_ text: String, file: String) throws -> Job {
    let root = try YAMLSection.parse(text, file: file)
    let model = try root.section("model")
    let name = try model.choice("name", default: "DIN", of: ModelRegistry.names)
    var job = Job(name: try root.string("name", default: name), model: ModelRegistry.configuration(name))
    job.text = text
    job.seed = UInt64(try root.integer("seed", default: 1, in: 0...Int.max))
    job.loss = try root.choice("loss", default: job.loss)
    try job.readModel(model)

    let training = try root.section("training")
    job.training.epochs = try training.integer("epochs", default: job.training.epochs, in: 1...10_000)
    job.training.batchSize = try training.integer(
      "batch_size", default: job.training.batchSize, in: 1...1_000_000)
    job.training.learningRate = try training.number(
      "learning_rate", default: job.training.learningRate, in: 0...1000)
    job.training.learningRateDecay = try training.number(
      "learning_rate_decay", default: job.training.learningRateDecay, in: 0...1)
    job.training.optimizer = try optimizer(training)
    job.training.virtualShards = try training.integer(
      "virtual_shards", default: job.training.virtualShards, in: 1...65_536)
    if training.has("checkpoint_steps") {
      job.training.checkpointSteps = try training.integer(
        "checkpoint_steps", default: 1, in: 1...1_000_000_000)
    }
    job.training.checkpointMinutes = try training.number(
      "checkpoint_minutes", default: job.training.checkpointMinutes, in: 0...100_000)
    try training.finish()

    let fineTuning = try root.section("finetuning")
    let methods = try fineTuning.choices(
      "methods", default: job.fineTuning.methods.map(\.rawValue), of: Method.allCases.map(\.rawValue))
    job.fineTuning.methods = methods.compactMap(Method.init(rawValue:))
    job.fineTuning.epochs = try fineTuning.integer("epochs", default: job.fineTuning.epochs, in: 1...10_000)
    job.fineTuning.batchSize = try fineTuning.integer(
      "batch_size", default: job.fineTuning.batchSize, in: 1...1_000_000)
    job.fineTuning.learningRate = try fineTuning.number(
      "learning_rate", default: job.fineTuning.learningRate, in: 0...1000)
    job.fineTuning.optimizer = try optimizer(fineTuning)
    job.fineTuning.savePredictions = try fineTuning.boolean(
      "save_predictions", default: job.fineTuning.savePredictions)
    job.fineTuning.losses = try fineTuning.boolean("losses", default: job.fineTuning.losses)
    let perMethod = try fineTuning.section("per_method")
    job.fineTuning.perMethod = try TuningOverrides.read(perMethod)
    if fineTuning.has("label_table") {
      job.fineTuning.labelTable = try fineTuning.string("label_table", default: "")
    }
    try fineTuning.finish()
    job.grouping = try grouping(root.section("grouping"))
    try job.search.read(try root.section("search"))
    try root.finish()
    return job
  }

  private static func grouping(_ section: YAMLSection) throws -> Grouping {
    var grouping = Grouping()
    grouping.edges = try section.numbers("edges", default: [], in: 0...1, counts: 1...1000)
    guard CTRIntervals.areEdges(grouping.edges) else {
      throw section.refusal("edges", "is to be a list of local CTRs that rises from 0 on and stays below 1")
    }
    if !grouping.edges.isEmpty {
      try section.refuse("quantiles", because: "says the groups as well as edges does; give one of them")
    }
    grouping.quantiles = try section.integer("quantiles", default: grouping.quantiles, in: 1...1000)
    let correction = try section.choice(
      "correction", default: grouping.correction.rawValue, of: Grouping.corrections.map(\.rawValue))
    grouping.correction = Method(rawValue: correction) ?? grouping.correction
    grouping.epochs = try section.integer("epochs", default: grouping.epochs, in: 1...10_000)
    grouping.batchSize = try section.integer("batch_size", default: grouping.batchSize, in: 1...1_000_000)
    grouping.learningRate = try section.number("learning_rate", default: grouping.learningRate, in: 0...1000)
    grouping.optimizer = try optimizer(section)
    try section.finish()
    return grouping
  }

  /// The optimiser of a section. Adam's settings are refused with another optimiser.
  private static func optimizer(_ section: YAMLSection) throws -> Optimizer {
    let name = try section.choice("optimizer", default: Optimizer.sgd.name, of: Optimizer.names)
    var adam = Adam()
    guard name == Optimizer.adam(adam).name else {
      for key in ["beta1", "beta2", "epsilon"] {
        try section.refuse(key, because: "is a setting of the optimizer adam, this one is \(name)")
      }
      return .sgd
    }
    adam.beta1 = try section.number("beta1", default: adam.beta1, in: 0...0.999_999)
    adam.beta2 = try section.number("beta2", default: adam.beta2, in: 0...0.999_999)
    adam.epsilon = try section.number("epsilon", default: adam.epsilon, in: 1e-12...1)
    return .adam(adam)
  }
}
