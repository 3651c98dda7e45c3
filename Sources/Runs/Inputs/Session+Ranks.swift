import Dist
import Support

extension Session {
  /// The ranks as the first line of a run names them.
  var ranksText: String {
    communicator is SoloCommunicator
      ? "1 rank: started without mpirun or srun"
      : "\(communicator.size) rank\(communicator.size == 1 ? "" : "s")"
  }

  /// Tells, one line each, what makes a run slower, or different from what it looks, though not wrong: ranks that
  /// share cores, and another text of the job on a rank's host than rank 0's, which is `jobText`. Collective.
  func tellAboutRanks(_ source: JobSource, jobText: String) throws {
    if let crowding = try communicator.crowding() { say(crowding) }
    if let (rank, others) = try communicator.difference(in: (try? source.text()) ?? jobText) {
      let more = others > 0 ? " (and \(others) more)" : ""
      say(
        "note: \(source.path): \(communicator.name(of: rank))\(more) has another version of it; rank 0's is used "
          + "everywhere")
    }
  }
}
