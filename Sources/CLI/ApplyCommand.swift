import ArgumentParser
import Runs

struct ApplyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Score users' test samples with their saved models, without fine-tuning.",
    usage: """
      lcft apply --models <models> --checkpoint <checkpoint> --data <data> \\
        --output <output> [<options>]
      """,
    discussion: """
      Example:
        mpirun -n 2 lcft finetune --job jobs/amazon-din.yaml \\
          --data electronics.h5 --output runs/amazon-din \\
          --save-models sample:1000
        mpirun -n 2 lcft apply --models runs/amazon-din/models.h5 \\
          --data electronics.h5 \\
          --checkpoint runs/amazon-din/checkpoint-epoch-2.h5 \\
          --output runs/applied
      Writes results.h5 and summary.json, with the scores of the users in the file of models. The \
      scores have the same bits as in the run that fine-tuned the models. The job is the one in the \
      file of models.
      """)

  @Option(help: "The models that a run with --save-models wrote.", completion: .hdf5)
  var models: String

  @Option(
    help: "The cloud model that the models were fine-tuned from, or the folder of its run.",
    completion: .file())
  var checkpoint: String

  @Option(help: "The data set that the models were fine-tuned on.", completion: .hdf5)
  var data: String

  @Option(
    help: "The folder for results.h5 and summary.json; created if it does not exist.", completion: .directory)
  var output: String

  @OptionGroup var start: StartOptions

  @Option(
    help: "The table of labels for the method hard. The losses need it where models of version 0.1 lack it.",
    completion: .table)
  var labels: String?

  @OptionGroup var methods: MethodOptions

  func run() throws {
    try withStops { communicator in
      let session = try Session(
        communicator, output: output, start: start.start, outputs: .results, command: commandLine(),
        limits: start.limits.limits, isDryRun: start.dryRun, progress: .standardError)
      let inputs = try Inputs(
        job: .models(models), dataPath: data, Inputs.Options(methods: methods.methods, labels: labels),
        in: session)
      let command = ApplyModels(session, inputs, checkpoint: checkpoint)
      if let results = try start.perform(command, inputs, in: session)?.results {
        session.print(results, of: inputs)
      }
    }
  }
}
