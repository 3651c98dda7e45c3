import IO
import LCFT
import Plan

extension Inputs {
  /// What the run will need, from the data set's shapes alone, compared with what is available; and whether the hosts over
  /// which the users are spread share out the tables of items and values as well.
  static func checkLimits(
    _ job: Job, _ dataPath: String, hosts: Int, _ session: Session
  ) throws -> (ResourceEstimate?, SpilledOutcomes?, sharesTables: Bool) {
    let communicator = session.communicator
    // A file that is not a data set is refused later, by its reader.
    let sizes = try? DatasetSizes(dataPath)
    let hasSizes = try communicator.allreduce(sizes == nil ? 0 : 1, .minimum) == 1
    func check(sharesTables: Bool) throws -> (ResourceEstimate?, SpilledOutcomes?, sharesTables: Bool) {
      let estimate = sizes.map {
        ResourceEstimate(
          job: job, sizes: $0, ranks: communicator.size, hosts: hosts, sharesTables: sharesTables,
          work: session.outputs.work)
      }
      guard let estimate, hasSizes, !session.limits.areIgnored else { return (estimate, nil, sharesTables) }
      let limits = LimitCheck(estimate: estimate, folder: session.folder.path, limits: session.limits)
      return (estimate, try limits.run(communicator), sharesTables)
    }
    let mayShare = hosts > 1 && job.training.tables != .replicated
    guard job.training.tables == .auto || !mayShare else {
      return try check(sharesTables: true)
    }
    do {
      return try check(sharesTables: false)
    } catch  where mayShare && hasSizes {
      return try check(sharesTables: true)
    }
  }
}
