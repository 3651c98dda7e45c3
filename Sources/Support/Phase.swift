/// What a rank may be doing. Phases nest: a step contains its parts, a chunk its users.
package enum Phase: UInt8, CaseIterable, Sendable {
  /// Reading the data set.
  case load
  /// Cloud training: an epoch, its steps, and the parts of a step.
  case epoch, step, assemble, forward, backward
  /// Fetching embedding rows that other hosts have; sums over all ranks of dense gradients and of those of embedding rows.
  case tableRows
  case denseSum
  case tableSums
  case update
  /// Work that comes later in a step, or in the next, done within a sum while other ranks had not come. The sum's own phase
  /// includes it.
  case ahead
  /// Bringing users' rows to every rank.
  case shareUsers
  /// Fine-tuning: a chunk of users, a user.
  case chunk, user
  /// Nothing to do until other ranks, or the next chunk, have come.
  case waiting
  case checkpoint, results
  /// Scoring held-out samples while the cloud model is trained.
  case evaluation

  /// The name in files and tables.
  package var name: String {
    switch self {
    case .tableRows: "table_rows"
    case .denseSum: "dense_sum"
    case .tableSums: "table_sums"
    case .shareUsers: "share_users"
    default: "\(self)"
    }
  }

  /// Kinds of which a timeline keeps events apart when it cannot keep all, so that many of one kind do not
  /// push out the rare ones of another.
  enum Kind: Int, CaseIterable { case rare, step, user, waiting }

  var kind: Kind {
    switch self {
    case .load, .epoch, .shareUsers, .chunk, .checkpoint, .results, .evaluation: .rare
    case .step, .assemble, .tableRows, .forward, .backward, .denseSum, .tableSums, .update, .ahead: .step
    case .user: .user
    case .waiting: .waiting
    }
  }
}
