import ArgumentParser
import Dist
import Import
import Support

/// A command that one process does. On several ranks rank 0 does it, and the others have nothing to do.
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
  /// Runs the command on this rank, as far as it has a part in it. Ranks that are given different arguments do different
  /// work, each of them its own.
  mutating func runOnRank() throws {
    let isOneProcess = self is any OneProcessCommand
    // Tasks of Slurm that do not find one another are processes by themselves, too.
    guard isOneProcess || self is any ReadingCommand, (try? Launcher.startsRanks()) == true else {
      return try run()
    }
    let isDone = try withWorld { communicator in
      guard communicator.size > 1, try Arguments.areSame(in: communicator) else { return false }
      if isOneProcess { return communicator.rank > 0 }
      if communicator.rank > 0 {
        try ReadingHelper.help(communicator)
      } else {
        try ReadingTeam(communicator).within { try run() }
      }
      // The others have nothing to do while rank 0 makes and writes the data set.
      try communicator.longBarrier()
      return true
    }
    if !isDone { try run() }
  }
}

private enum Arguments {
  /// Whether all ranks were given the same.
  static func areSame(in communicator: any Communicator) throws -> Bool {
    let own = FNV(CommandLine.arguments.dropFirst().joined(separator: "\0")).hash
    let others = try communicator.allgather([own]).values
    return others.allSatisfy { $0 == others[0] }
  }
}
