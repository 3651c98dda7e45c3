import Dist
import IO
import Models
import Support

/// Fine-tunes every evaluated user under every method of a job, on all ranks, and gathers the outcome at
/// rank 0.
///
/// Users go to ranks in chunks, most expensive first, as ranks become free; which rank had a user does not
/// affect the results.
package final class FineTuningRun {
  private let job: Job
  private let dataset: Dataset
  private let communicator: any Communicator
  private let tuner: UserFineTuner
  /// Users with training and test samples, by row.
  package let evaluated: [Int32]

  /// What local CTRs are shrunken by; nil where no method asks for it.
  package var prior: BetaPrior? { tuner.basis.prior }

  private let clock: PhaseClock
  /// Where no host has the rows of all users.
  private let borrowed: BorrowedUsers?

  /// Seconds and users of this rank, and seconds it had nothing to do or was otherwise inside MPI.
  package struct Timing: Sendable {
    package var seconds = 0.0
    package var waitingSeconds = 0.0
    package var communicationSeconds = 0.0
    package var bytesSent = 0
    package var bytesReceived = 0
    package var users = 0
    /// Of this rank, as in `UserFineTuner`.
    package var methodSeconds: [Double] = []
  }
  package private(set) var timing = Timing()

  /// `weights` is the whole cloud model on every rank; `groups` as in `UserFineTuner`. Where data set and model are
  /// spread over the hosts, rows of other hosts' users are `borrowed`. Where `saved` is given, its users are scored by
  /// the models that it holds, without fine-tuning. Chunks and users become phases of `clock`.
  package init(
    job: Job, dataset: Dataset, weights: Weights, groups: GroupModels? = nil,
    communicator: any Communicator, borrowed: BorrowedUsers? = nil,
    saved: PersonalModelsFile.Reader? = nil, clock: PhaseClock = PhaseClock()
  ) {
    self.borrowed = borrowed
    self.clock = clock
    self.job = job
    self.dataset = dataset
    self.communicator = communicator
    tuner = UserFineTuner(
      job: job, dataset: dataset, weights: weights, globalCTR: dataset.globalCTR, groups: groups,
      saved: saved)
    borrowed?.tables?.serve(tuner.model)
    let users = saved.map { Set($0.rows) }
    evaluated = dataset.evaluatedUsers.filter { users?.contains($0) ?? true }
  }

  /// From now on each of `users`, rows of the data set, has its fine-tuned models handed to `emit`, on the
  /// rank that fine-tuned it.
  package func record(_ users: Set<Int32>, emit: @escaping (PersonalModels.User) throws -> Void) {
    tuner.recorder = PersonalModelRecorder(users: users, emit: emit)
  }

  /// Runs every evaluated user that `outcomes` does not hold yet, without a journal. Collective.
  package func runAll(into outcomes: OutcomeTable) throws { try run(into: outcomes, journal: nil) }

  /// Runs what neither `outcomes` nor `journal` hold yet, and the users of `again` in any case. On rank 0
  /// `outcomes` collects the users' outcomes, `journal` keeps them, and `onProgress` is called, between
  /// users, with the number of users done; on other ranks all three are unused. `name` and `progress` as in
  /// `UserQueue`. Throws `Stopped` if a rank was asked to stop, `WorkError`, and what scoring a user throws. Collective.
  package func run(
    into outcomes: OutcomeTable, name: String = "fine-tuning", progress: ProgressFeed = .silent,
    journal: WorkJournal? = nil, again: Set<Int32> = [],
    onProgress: @escaping (Int) throws -> Void = { _ in }
  ) throws {
    let start = clock.now()
    let traffic = communicator.traffic
    let queue = UserQueue(communicator, name: name, progress: progress, journal: journal, clock: clock)
    timing.users = 0
    let secondsBefore = tuner.methodSeconds
    let beforeQueue = (communicator.traffic - traffic).seconds
    let costs = try borrowed?.spread.gather(evaluated, communicator) { dataset.cost(ofUser: $0, job: job) }
    try queue.run(
      evaluated, for: tuner.model, borrowed,
      cost: { costs?[$0] ?? dataset.cost(ofUser: Int(evaluated[$0]), job: job) },
      isDone: { outcomes.isDone($0) && !again.contains(evaluated[$0]) },
      process: { item, results in
        let userStart = self.clock.now()
        try self.tuner.process(user: Int(self.evaluated[item])) { _, outcome, logits in
          OutcomeTable.pack(outcome, logits, into: results)
        }
        self.clock.end(.user, since: userStart)
        self.timing.users += 1
      },
      collect: { reader in
        try outcomes.collect(&reader)
        try onProgress(outcomes.doneCount)
      })
    timing.seconds = clock.now() - start
    timing.methodSeconds = zip(tuner.methodSeconds, secondsBefore).map { $0 - $1 }
    timing.waitingSeconds = queue.secondsWaiting
    timing.communicationSeconds = beforeQueue + queue.secondsCommunicating
    let spent = communicator.traffic - traffic
    timing.bytesSent = spent.bytesSent
    timing.bytesReceived = spent.bytesReceived
  }
}
