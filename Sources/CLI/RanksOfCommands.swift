import ArgumentParser
import Dist
import Import

/// A command that one process does by itself. On several ranks rank 0 does it, and the others have nothing to do.
protocol OneProcessCommand: ParsableCommand {}

extension SubsetCommand: OneProcessCommand {}
extension MergeCommand: OneProcessCommand {}
extension SynthesizeCommand: OneProcessCommand {}
extension DescribeCommand: OneProcessCommand {}
extension FineTuneUserCommand: OneProcessCommand {}
extension StatusCommand: OneProcessCommand {}
extension ReportCommand: OneProcessCommand {}
extension LabelsCommand: OneProcessCommand {}

/// A command that rank 0 does, for which the other ranks read.
protocol ReadingCommand: ParsableCommand {}

extension ImportCommand.Table: ReadingCommand {}
extension ImportCommand.RecBole: ReadingCommand {}
extension ImportCommand.MovieLens: ReadingCommand {}
extension ImportCommand.Amazon: ReadingCommand {}
extension ImportCommand.Taobao: ReadingCommand {}
extension ImportCommand.CSV: ReadingCommand {}

extension ParsableCommand {
  /// Runs the command on this rank, as far as it has a part in it.
  mutating func runOnRank() throws {
    if self is any OneProcessCommand && Launcher.rank > 0 { return }
    guard self is any ReadingCommand, try Launcher.startsRanks() else { return try run() }
    try withWorld { communicator in
      if communicator.rank > 0 {
        try ReadingHelper.help(communicator)
      } else if communicator.size > 1 {
        try ReadingTeam(communicator).within { try run() }
      } else {
        try run()
      }
      // The others have nothing to do while rank 0 makes and writes the data set.
      try communicator.longBarrier()
    }
  }
}
