import Dist
import IO
import Models

/// Brings to this rank what its host does not have: rows of users of other hosts, which are read as these users come, and
/// rows of items and values where the hosts share out the tables.
package final class BorrowedUsers {
  private let job: Job
  private let dataset: Dataset
  private let weights: Weights
  let spread: SpreadUsers
  private let checkpoint: String?
  /// Nil where every host has all rows of items and values.
  package let tables: FetchedTables?
  private lazy var reader = Result {
    try DatasetFile.RowReader(spread.dataPath, dataset, digest: spread.datasetDigest)
  }
  private var blocks: Set<Int> = []
  /// How many users' rows were asked for that were not here from the beginning.
  package private(set) var count = 0

  /// `weights` are those of the file `checkpoint`; nil where they have the rows of all users.
  package init(
    _ spread: SpreadUsers, job: Job, dataset: Dataset, weights: Weights, checkpoint: String?,
    communicator: any Communicator
  ) {
    tables = FetchedTables(weights, spread.owners, communicator)
    self.spread = spread
    self.job = job
    self.dataset = dataset
    self.weights = weights
    self.checkpoint = checkpoint
  }

  /// Makes sure that everything is there which `model` needs of `users`; `others` as in `FetchedTables`. Throws a file error.
  func fetch(_ users: [Int], for model: UserModel, others: () throws -> Void) throws {
    for user in users { try fetch(user) }
    try tables?.fetch(users, for: model, of: dataset, others: others)
  }

  /// Makes sure that the rows of `user` are there. Throws a file error.
  private func fetch(_ user: Int) throws {
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
