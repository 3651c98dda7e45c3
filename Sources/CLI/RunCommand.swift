import ArgumentParser
import Runs

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train the cloud model, fine-tune every user, and print the table of results.",
    usage: "lcft run --job <job> --data <data> --output <output> [<options>]",
    discussion: """
      Example:
        mpirun -n 4 lcft run --job jobs/amazon-din.yaml --data electronics.h5 \\
          --output runs/amazon-din
      Writes a checkpoint per epoch, results.h5 and summary.json into the output folder.

      After the training it makes the searches that the job needs. For the method hard without a \
      table of labels (--labels, the job's finetuning.label_table), it searches the labels, as lcft \
      search-labels does. For lcft or lcft_by_ctr without --choice, it chooses the method that they \
      stand for, as lcft search-methods does. With the job's finetuning.settings: searched, it \
      searches each method's settings, as lcft search does.
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var warm: WarmStartOptions
  @OptionGroup var profiling: ProfileOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var save: SaveOptions
  @OptionGroup var searched: SearchedOptions

  func run() throws {
    try withStops { communicator in
      let given = Inputs.Options(
        methods: methods.methods, settings: searched.settings, labels: searched.labels,
        choice: searched.choice, requiresLabels: false,
        needsAllRows: warm.source != nil ? "--warm-start" : save.saveModels.map { _ in "--save-models" })
      let session = try options.session(communicator, profile: profiling.profile) { .ofRun($0, given) }
      let inputs = try options.inputs(given, in: session)
      let command = RunJob(session, inputs, saving: save.saveModels, warmStart: warm.source)
      guard let (results, summary) = try options.start.perform(command, inputs, in: session) else { return }
      try session.reportTimes(summary)
      if let results { session.print(results, of: inputs) }
    }
  }
}
