import Dist
import Support

extension Experiment {
  /// The ranks as the first line of a run tells them.
  static func ranks(of communicator: any Communicator) -> String {
    communicator is SoloCommunicator
      ? "1 rank: started without mpirun or srun"
      : "\(communicator.size) rank\(communicator.size == 1 ? "" : "s")"
  }

  /// Tells, a line each, what makes a run slower, or other than it looks, though not wrong: ranks that share
  /// cores, and another text of the job on a rank's host than rank 0's, which is `jobText`. Collective.
  func tellAboutRanks(_ source: JobSource, jobText: String) throws {
    if let crowding = try communicator.crowding() { say(crowding) }
    if let (rank, others) = try communicator.difference(in: (try? source.text()) ?? jobText) {
      say(
        "note: \(source.path): \(communicator.name(of: rank))\(more(others)) has another version of it; "
          + "rank 0's is used everywhere")
    }
  }

  private func more(_ others: Int) -> String { others > 0 ? " (and \(others) more)" : "" }
}
