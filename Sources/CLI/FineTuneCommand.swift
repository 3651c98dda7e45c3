import ArgumentParser
import Runs

struct FineTuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune",
    abstract: "Fine-tune the cloud model for every user under every method, and score it.",
    usage: "lcft finetune --job <job> --data <data> --output <output> [<options>]",
    discussion: """
      Example:
        mpirun -n 4 lcft finetune --job jobs/amazon-din.yaml \\
          --data electronics.h5 --output runs/amazon-din \\
          --methods cloud,local,soft1
      Reads the best or latest checkpoint of the output folder, and writes results.h5 and summary.json there.

      The method hard takes its labels from the table that --labels or the job's \
      finetuning.label_table names, or else from labels.h5 in the output folder, which lcft \
      search-labels writes. The methods lcft and lcft_by_ctr stand for the methods in the file of \
      --choice, or else in choice.h5 in the output folder, which lcft search-methods writes.
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var profiling: ProfileOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var save: SaveOptions
  @OptionGroup var searched: SearchedOptions

  @Option(
    help:
      "The cloud model, or the folder of its run (default: the output folder's best or latest checkpoint).",
    completion: .file())
  var checkpoint: String?

  func run() throws {
    try withStops { communicator in
      let session = try options.session(communicator, .results, profile: profiling.profile)
      let inputs = try options.inputs(
        Inputs.Options(
          methods: methods.methods, settings: searched.settings, labels: searched.labels,
          choice: searched.choice, needsAllRows: save.saveModels.map { _ in "--save-models" }),
        in: session)
      let command = FineTuneFromCheckpoint(session, inputs, checkpoint: checkpoint, saving: save.saveModels)
      guard let (results, summary) = try options.start.perform(command, inputs, in: session) else { return }
      try session.reportTimes(summary)
      if let results { session.print(results, of: inputs) }
    }
  }
}
