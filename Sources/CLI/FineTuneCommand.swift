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
      Reads the latest checkpoint of the output folder; writes results.h5 and summary.json there. \
      The method hard takes its labels from the table of --labels, of the job's \
      finetuning.label_table, or from the output folder's labels.h5, which lcft search-labels \
      writes; the methods lcft and lcft_by_ctr what they stand for from --choice or the folder's \
      choice.h5, which lcft search-methods writes.
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
