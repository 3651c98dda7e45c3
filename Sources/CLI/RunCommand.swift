import ArgumentParser
import Dist
import LCFT
import Report

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train the cloud model, fine-tune every user, and print the table of results.",
    discussion: """
      Example:
        mpirun -n 4 lcft run --job jobs/amazon-din.yaml --data electronics.h5 --output runs/amazon-din
      Writes a checkpoint per epoch, results.h5 and summary.json into the output folder. With the method hard
      and no table of labels (--labels, the job's finetuning.label_table), it searches one after the training, as
      lcft search-labels does.
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var profiling: ProfileOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var save: SaveOptions
  @OptionGroup var searched: SearchedOptions

  func run() throws {
    try withStops { communicator in
      let experiment = try options.experiment(
        communicator, [.checkpoints, .results, .labels], methods: methods.methods, profile: profiling.profile)
      try experiment.useSettings(searched.settings)
      try experiment.checkSpace(keeping: save.saveModels)
      let hasLabels = try experiment.useLabels(searched.labels)
      let weights = try experiment.train()
      if !hasLabels { try experiment.searchLabels() }
      let results = try experiment.fineTune(weights, keeping: save.saveModels)
      try experiment.writeSummary()
      try experiment.reportTimes()
      if let results { print(ResultsTable(results, title: experiment.job.name)) }
    }
  }
}
