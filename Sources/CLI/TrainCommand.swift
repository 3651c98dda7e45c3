import ArgumentParser
import Runs

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train the cloud model on all ranks, with a checkpoint after every epoch.",
    usage: "lcft train --job <job> --data <data> --output <output> [<options>]",
    discussion: """
      Example:
        mpirun -n 4 lcft train --job jobs/amazon-din.yaml --data electronics.h5 \\
          --output runs/amazon-din
      To train on the next day's log, starting from the previous day's model:
        lcft train --job jobs/amazon-din.yaml --data day-2.h5 \\
          --warm-start runs/day-1 --output runs/day-2
      Without mpirun it runs as one rank. The weights' bits do not depend on the number of ranks.
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var warm: WarmStartOptions
  @OptionGroup var profiling: ProfileOptions

  func run() throws {
    try withStops { communicator in
      let session = try options.session(communicator, .checkpoints, profile: profiling.profile)
      let inputs = try options.inputs(
        Inputs.Options(
          labelledMethods: [], tunes: false, needsAllRows: warm.source.map { _ in "--warm-start" }),
        in: session)
      let command = TrainFromJob(session, inputs, warmStart: warm.source)
      guard let summary = try options.start.perform(command, inputs, in: session) else { return }
      try session.reportTimes(summary)
    }
  }
}
