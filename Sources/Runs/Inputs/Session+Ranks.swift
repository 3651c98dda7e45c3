import Dist
import Support

extension Session {
  /// The ranks as the first line of a run names them.
  var ranksText: String {
    communicator is SoloCommunicator
      ? "1 rank: started without mpirun or srun"
      : counted(communicator.size, "rank")
  }

  /// Prints a line for everything that makes a run slower, or different from what it seems, but not wrong:
  /// ranks that share cores, and hosts whose `own` text of the job differs from rank 0's, `jobText`.
  /// Collective.
  func tellAboutRanks(_ source: JobSource, jobText: String, own: String?) throws {
    if let crowding = try communicator.crowding() { say(crowding) }
    if let (rank, others) = try communicator.difference(in: own ?? jobText) {
      let more = others > 0 ? " (and \(others) more)" : ""
      say(
        "note: \(source.path): \(communicator.name(of: rank))\(more) has another version of it; rank 0's is used "
          + "everywhere")
    }
  }
}
