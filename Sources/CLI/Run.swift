import ArgumentParser
import Dist
import LCFT

struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train the cloud model, fine-tune every user, and print the table of results.",
    discussion: """
      Example:
        mpirun -n 4 lcft run --job jobs/amazon-din.yaml --data electronics.h5 --output runs/amazon-din
      Writes a checkpoint per epoch, results.h5 and summary.json into the output folder.
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var methods: MethodOptions
  @OptionGroup var save: SaveOptions

  func run() throws {
    try withWorld { communicator in
      let experiment = try options.experiment(
        communicator, [.checkpoints, .results], methods: methods.methods)
      let results = try experiment.fineTune(try experiment.train(), keeping: save.saveModels)
      try experiment.writeSummary()
      if let results { print(ResultsTable(results, title: experiment.job.name)) }
    }
  }
}
