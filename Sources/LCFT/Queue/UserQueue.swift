import Dist
import IO
import Support

/// Work on each of many users, on all ranks, whose outcomes rank 0 collects and keeps in a journal: what
/// fine-tuning, searches and simulated tests have in common.
///
/// The items are numbers from 0. An item's number, as an Int32, is packed before its outcome.
package struct UserQueue {
  private let communicator: any Communicator
  private let queue: WorkQueue
  /// On rank 0, where outcomes are kept.
  private let journal: WorkJournal?
  private let name: String
  private let progress: ProgressFeed
  private let stopHint: String

  /// Rank 0 reports to `progress` how far the work is, under `name`. `stopHint` is what is printed when a run without
  /// a journal ends early. `clock` as in `WorkQueue`.
  package init(
    _ communicator: any Communicator, name: String = "users", progress: ProgressFeed = .silent,
    journal: WorkJournal?, stopHint: String = "nothing is kept", clock: PhaseClock = PhaseClock()
  ) {
    self.stopHint = stopHint
    self.communicator = communicator
    self.name = name
    self.progress = progress
    self.journal = journal
    queue = WorkQueue(communicator, clock: clock)
  }

  /// Seconds that this rank had nothing to do.
  var secondsWaiting: Double { queue.secondsWaiting }

  /// Seconds inside MPI otherwise.
  var secondsCommunicating: Double { queue.secondsCommunicating }

  /// Answers the other ranks; an item that takes long may call it in between.
  package func serve() throws { try queue.serve() }

  /// Runs `process` for each item that is not done yet, most expensive first, and `collect` on rank 0 with
  /// the outcomes of a few whole items at a time, those of the journal first. `cost` estimates an item's
  /// time, and `isDone` says, after the journal's outcomes are in, whether it has one; both are called on
  /// rank 0 only. Where the users' rows lie on different hosts, `homes` says on which: items' numbers ascend with them.
  /// `begin` is called with some items before the first of them, and `meanwhile` as in `WorkQueue`.
  ///
  /// Throws `Stopped` if a rank was asked to stop; all outcomes are kept then.
  package func run(
    items: Int, homes: ItemHomes? = nil, cost: (Int) -> Double, isDone: (Int) -> Bool,
    begin: (_ items: [Int]) throws -> Void = { _ in }, meanwhile: () throws -> Void = {},
    process: (_ item: Int, _ results: ResultBuffer) throws -> Void,
    collect: @escaping (inout ResultReader) throws -> Void
  ) throws {
    var done = 0
    var doneCost = 0.0
    /// By item, on rank 0 after the journal has been read.
    var costs: [Double] = []
    func collectAll(_ bytes: UnsafeRawBufferPointer) throws {
      var reader = ResultReader(bytes)
      while !reader.isAtEnd {
        var ahead = reader
        let item = Int(try ahead.read(Int32.self))
        if costs.indices.contains(item) { doneCost += costs[item] }
        try collect(&reader)
        done += 1
      }
    }
    let journal = self.journal
    try communicator.collectively { try journal?.open(collectAll) }
    let left = communicator.rank == 0 ? (0..<items).filter { !isDone($0) } : []
    if let journal, done > 0 {
      StandardError.write("resuming after \(counted(items - left.count, "user")) of \(journal.path)\n")
    }
    let leftCosts = left.map(cost)
    costs = [Double](repeating: 0, count: communicator.rank == 0 ? items : 0)
    for (item, cost) in zip(left, leftCosts) { costs[item] = cost }
    done = items - left.count
    let task =
      communicator.rank == 0
      ? progress.start(
        name, unit: "users", total: Double(items), earlier: Double(done), totalCost: leftCosts.reduce(0, +))
      : nil
    var order = mostExpensiveFirst(leftCosts)
    var orderedHomes: ItemHomes?
    if let homes, communicator.rank == 0 {
      let ofLeft = left.map { homes.ofItems[$0] }
      order = order.enumerated().sorted { (ofLeft[$0.element], $0.offset) < (ofLeft[$1.element], $1.offset) }
        .map(\.element)
      orderedHomes = ItemHomes(ofItems: order.map { ofLeft[$0] }, ofRanks: homes.ofRanks)
    }
    let pending = try communicator.broadcast(order.map { Int32(left[$0]) }, from: 0)
    let hint = try communicator.broadcast(journal?.hint ?? stopHint, from: 0)
    try queue.run(
      costs: order.map { leftCosts[$0] }, homes: orderedHomes, stopHint: hint,
      begin: { chunk in try begin(chunk.map { Int(pending[$0]) }) }, meanwhile: meanwhile,
      process: { item, results in
        results.append(pending[item])
        try process(Int(pending[item]), results)
      },
      collect: { bytes in
        try journal?.append(bytes)
        if let journal { try journal.keeping { try collectAll(bytes) } } else { try collectAll(bytes) }
        task?.update(Double(done), cost: doneCost)
      })
    task?.finish(Double(done))
  }
}
