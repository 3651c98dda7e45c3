import ArgumentParser
import Dist
import LCFT
import Report

struct FineTuneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finetune",
    abstract: "Fine-tune the cloud model for every user under every method, and score it.",
    discussion: """
      Example:
        mpirun -n 4 lcft finetune --job jobs/amazon-din.yaml --data electronics.h5 \\
          --output runs/amazon-din --methods cloud,local,soft1
      Reads the latest checkpoint of the output folder; writes results.h5 and summary.json there. The method
      hard takes its labels from the table of --labels, of the job's finetuning.label_table, or from the output
      folder's labels.h5, which lcft search-labels writes.
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var profiling: ProfileOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var save: SaveOptions
  @OptionGroup var searched: SearchedOptions

  @Option(help: "The cloud model, instead of the output folder's latest checkpoint.")
  var checkpoint: String?

  func run() throws {
    try withStops { communicator in
      let experiment = try options.experiment(
        communicator, .results, methods: methods.methods, profile: profiling.profile)
      try experiment.useSettings(searched.settings)
      try experiment.checkSpace(keeping: save.saveModels)
      try experiment.requireLabels(searched.labels)
      let results = try experiment.fineTune(try experiment.cloudModel(checkpoint), keeping: save.saveModels)
      try experiment.writeSummary()
      try experiment.reportTimes()
      if let results { print(ResultsTable(results, title: experiment.job.name)) }
    }
  }
}
