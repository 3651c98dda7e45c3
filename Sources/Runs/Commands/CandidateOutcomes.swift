import Dist
import Foundation
import IO
import LCFT
import Support

/// What one candidate has come to at the end of a round.
struct CandidateOutcome: Codable {
  var candidate: Int
  var round: Int
  /// Of its best evaluation.
  var userAUC: Double?
  var logLoss: Double?
  var calibration: Double?
  var step = 0
  var diverged = false
  /// On rank 0: the AUC of each user whose held-out samples have both classes, and the number of these, which is the same
  /// for every candidate and kept with the first of them alone.
  var users: [Double] = []
  var samples: [Double] = []

  init(candidate: Int, round: Int) {
    self.candidate = candidate
    self.round = round
  }

  mutating func take(_ evaluation: Checkpoint.Evaluation) {
    (userAUC, logLoss, calibration) = (evaluation.userAUC, evaluation.logLoss, evaluation.calibration)
    step = evaluation.step
  }

  /// What must be as high as possible.
  func score(_ metric: Job.Validation.Metric) -> Double {
    let score = metric == .userAUC ? userAUC : logLoss.map { -$0 }
    return diverged ? -.infinity : score ?? -.infinity
  }
}

/// The outcomes of candidates: the same on every rank but for the users', which rank 0 has, in a journal.
struct CandidateOutcomes {
  private let session: Session
  private let path: String
  private let journal: WorkJournal
  private(set) var all: [CandidateOutcome] = []
  /// On rank 0: of each user whose AUC outcomes have, the held-out samples.
  private var samples: [Double] = []

  init(_ session: Session, journal: String, settings: Journal.Settings) {
    self.session = session
    path = journal
    self.journal = WorkJournal(journal, settings)
  }

  subscript(candidate: Int, round: Int) -> CandidateOutcome? {
    all.first { $0.candidate == candidate && $0.round == round }
  }

  /// What each candidate has come to in its last round.
  var latest: [Int: CandidateOutcome] {
    Dictionary(all.map { ($0.candidate, $0) }) { $0.round >= $1.round ? $0 : $1 }
  }

  /// Takes what an interrupted search has left. Collective.
  mutating func open() throws {
    let found = try session.communicator.collectively { () -> [CandidateOutcome] in
      guard session.leads else { return [] }
      var found: [CandidateOutcome] = []
      try journal.open { data in
        guard let outcome = try? JSONDecoder.ofAnyNumbers().decode(CandidateOutcome.self, from: Data(data))
        else {
          throw WorkError.foreign
        }
        found.append(outcome)
      }
      return found
    }
    var shared = found
    for place in shared.indices { (shared[place].users, shared[place].samples) = ([], []) }
    let received = try session.communicator.broadcast(json: shared, from: 0)
    for outcome in session.leads ? found : received { keep(outcome) }
    if !all.isEmpty { session.say("resuming after \(counted(all.count, "outcome")) of \(path)") }
  }

  /// Adds what a candidate has come to, and returns when it is on the disk: its next round overwrites its checkpoint.
  /// Collective.
  mutating func add(_ outcome: CandidateOutcome) throws {
    try session.communicator.collectively {
      guard session.leads else { return }
      var outcome = outcome
      if !samples.isEmpty { outcome.samples = [] }
      let data = try JSONEncoder.ofAnyNumbers().encode(outcome)
      try data.withUnsafeBytes { try journal.append($0) }
      try journal.sync()
    }
    keep(outcome)
  }

  private mutating func keep(_ outcome: CandidateOutcome) {
    if samples.isEmpty { samples = outcome.samples }
    // Candidates are compared by what they have come to last.
    for place in all.indices where all[place].candidate == outcome.candidate { all[place].users = [] }
    all.append(outcome)
    all[all.count - 1].samples = []
  }

  /// The table is written.
  func end() throws { try session.communicator.collectively { if session.leads { try journal.remove() } } }

  /// `candidates`, the best of the round first, those that are equal in their order; without a round by their latest
  /// ones.
  func ranked(_ candidates: [Int], in round: Int? = nil, by metric: Job.Validation.Metric) -> [Int] {
    let latest = latest
    func score(_ number: Int) -> (round: Int, score: Double) {
      let outcome = round.map { self[number, $0] } ?? latest[number]
      return (outcome?.round ?? -1, outcome?.score(metric) ?? -.infinity)
    }
    let scores = candidates.map { (number: $0, score: score($0)) }
    return scores.sorted { left, right in
      (left.score.round, left.score.score, -left.number) > (
        right.score.round, right.score.score, -right.number
      )
    }.map(\.number)
  }

  /// The first of `candidates` against each of the others, by a paired bootstrap over users. On rank 0.
  func compared(_ candidates: [Int], seed: UInt64) -> [Int: Results.Comparison] {
    let latest = latest
    let known = candidates.compactMap { latest[$0] }.filter { !$0.users.isEmpty }
    guard let best = known.first, best.candidate == candidates.first, known.count > 1 else { return [:] }
    let comparisons = PairedBootstrap.compare(
      known.indices.dropFirst().map { (0, $0) },
      of: known.map { MethodAUCs(name: "\($0.candidate)", aucs: $0.users) }, samples: samples, seed: seed
    )
    return Dictionary(uniqueKeysWithValues: zip(known.dropFirst().map(\.candidate), comparisons))
  }
}
