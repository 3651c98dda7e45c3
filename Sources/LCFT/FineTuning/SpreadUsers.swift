import Dist
import IO
import Models
import Support

/// The users of a data set whose rows no host has all of: each has its own, and when it runs out of them works on others',
/// whose rows it reads from the data set's file and from the cloud model's checkpoint.
package struct SpreadUsers: Sendable {
  package let owners: UserOwners
  package let dataPath: String
  package let datasetDigest: String

  package init(owners: UserOwners, dataPath: String, datasetDigest: String) {
    self.owners = owners
    self.dataPath = dataPath
    self.datasetDigest = datasetDigest
  }

  /// Where `users` are at home: their hosts.
  package func homes(of users: [Int32]) -> ItemHomes {
    ItemHomes(ofItems: users.map { owners.host(ofUser: Int($0)) }, ofRanks: owners.layout.hosts)
  }

  /// On rank 0 `value` of each of `users`, ascending rows, which is asked for where the user's rows are. Collective.
  func gather(
    _ users: [Int32], _ communicator: any Communicator, _ value: (Int) -> Double
  ) throws -> [Double] {
    let (layout, rank) = (owners.layout, communicator.rank)
    let leads = layout.ranks[layout.hosts[rank]].first == rank
    let own = owners.users(ofHostOf: rank)
    let values = leads ? users.filter { own.contains(Int($0)) }.map { value(Int($0)) } : []
    // Leaders ascend with their hosts, and hosts with their users.
    return try communicator.gather(values, to: 0).values
  }
}

/// Reads the rows of users of other hosts as they come to this rank.
package final class BorrowedUsers {
  private let job: Job
  private let dataset: Dataset
  private let weights: Weights
  private let spread: SpreadUsers
  private let checkpoint: String?
  private lazy var reader = Result {
    try DatasetFile.RowReader(spread.dataPath, dataset, digest: spread.datasetDigest)
  }
  private var blocks: Set<Int> = []
  /// How many users' rows were asked for that were not here from the beginning.
  package private(set) var count = 0

  /// `weights` are those of the file `checkpoint`; nil where they have the rows of all users.
  package init(
    _ spread: SpreadUsers, job: Job, dataset: Dataset, weights: Weights, checkpoint: String?
  ) {
    self.spread = spread
    self.job = job
    self.dataset = dataset
    self.weights = weights
    self.checkpoint = checkpoint
  }

  /// Makes sure that the rows of `user` are there. Throws a file error.
  func fetch(_ user: Int) throws {
    guard !dataset.heldUsers.contains(user) else { return }
    count += 1
    let block = user / dataset.blocks.size
    guard !blocks.contains(block) else { return }
    let users = dataset.blocks.users(ofBlock: block)
    try reader.get().fill(dataset, users: users)
    job.fillHistories(of: dataset, users: users)
    if let checkpoint {
      try CheckpointFile.readRows(users, of: weights.userTargets, from: checkpoint)
    }
    blocks.insert(block)
  }
}

extension Weights {
  /// The tables of users in a checkpoint.
  fileprivate var userTargets: [TensorTarget] {
    embeddingTensors.filter { $0.space == .user }.map {
      TensorTarget($0.outline(in: "embeddings"), $0.values, rows: $0.rows)
    }
  }
}
