import Dist
import IO
import Support

/// Work on each of many users, on all ranks, whose outcomes rank 0 gathers and keeps in a journal: what
/// fine-tuning, searches and simulated tests have in common.
///
/// The items are numbers from 0; an item's outcome is packed behind its number as an Int32.
package struct UserQueue {
  private let communicator: any Communicator
  private let queue: WorkQueue
  /// On rank 0, where outcomes are to be kept.
  private let journal: WorkJournal?
  private let name: String?

  /// Rank 0 tells how far the work is on standard error where it has a `name`. `clock` as in `WorkQueue`.
  package init(
    _ communicator: any Communicator, name: String? = nil, journal: WorkJournal?,
    clock: PhaseClock = PhaseClock()
  ) {
    self.communicator = communicator
    self.name = name
    self.journal = journal
    queue = WorkQueue(communicator, clock: clock)
  }

  /// Seconds that this rank had nothing to do.
  var secondsWaiting: Double { queue.secondsWaiting }

  /// Seconds inside MPI otherwise.
  var secondsCommunicating: Double { queue.secondsCommunicating }

  /// An item that takes long may call it in between.
  package func serve() throws { try queue.serve() }

  /// Runs `process` for each item that is not done yet, dearest first, and `collect` on rank 0 with the outcomes
  /// of a few whole items at a time, first those of the journal. `costs` estimates every item's time and `isDone`
  /// says, after the journal's outcomes, which have one; both are asked on rank 0 only.
  ///
  /// Throws `Stopped` where a rank was asked to stop, when all outcomes are kept.
  package func run(
    items: Int, cost: (Int) -> Double, isDone: (Int) -> Bool,
    process: (_ item: Int, _ results: ResultBuffer) throws -> Void,
    collect: @escaping (inout ResultReader) throws -> Void
  ) throws {
    var done = 0
    func collectAll(_ bytes: UnsafeRawBufferPointer) throws {
      var reader = ResultReader(bytes)
      while !reader.isAtEnd {
        try collect(&reader)
        done += 1
      }
    }
    let journal = self.journal
    try communicator.collectively { try journal?.open(collectAll) }
    let left = communicator.rank == 0 ? (0..<items).filter { !isDone($0) } : []
    if let journal, done > 0 {
      StandardError.write("going on after \(items - left.count) users of \(journal.path)\n")
    }
    let meter =
      communicator.rank == 0 ? name.map { ProgressMeter($0, unit: "users", total: Double(left.count)) } : nil
    done = 0
    let costs = left.map(cost)
    let order = mostExpensiveFirst(costs)
    let pending = try communicator.broadcast(order.map { Int32(left[$0]) }, from: 0)
    let hint = try communicator.broadcast(journal?.hint ?? "nothing is kept", from: 0)
    try queue.run(
      costs: order.map { costs[$0] }, stopHint: hint,
      process: { item, results in
        results.append(pending[item])
        try process(Int(pending[item]), results)
      },
      collect: { bytes in
        try journal?.append(bytes)
        try collectAll(bytes)
        meter?.update(Double(done))
      })
    meter?.finish(Double(done))
  }
}
