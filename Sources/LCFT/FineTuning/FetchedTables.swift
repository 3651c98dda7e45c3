import Dist
import IO
import Models

/// Brings the rows of items and values that users need to this rank, some users at a time, where the hosts share out the
/// tables and no host has all of their rows.
package final class FetchedTables {
  private let tables: SharedTables
  private let service: RowService

  /// Nil where every host has all rows of these tables. `weights` must not change any more.
  init?(_ weights: Weights, _ owners: RowOwners, _ communicator: any Communicator) {
    guard let tables = SharedTables(weights, owners.map, rank: communicator.rank) else { return nil }
    self.tables = tables
    service = RowService(communicator, owners.layout, tables.parts, tables: tables.memory)
  }

  /// Rows that have come so far.
  package var count: Int { service.fetched }

  /// From now on `model` takes rows of other hosts from here.
  func serve(_ model: UserModel) { model.builder.remote = RemoteTables(tables: tables, rows: service.rows) }

  /// Fetches what the samples of `users` touch; `others` lets everything else advance that ranks may wait for.
  func fetch(_ users: [Int], for model: UserModel, of dataset: Dataset, others: () throws -> Void) throws {
    service.requests.removeAll()
    for user in users {
      model.noteRows(
        dataset.trainReferences(ofUser: user, in: model.userArena),
        dataset.testReferences(ofUser: user, in: model.userArena))
      model.builder.request(tables, service.requests)
      model.begin()
    }
    try service.fetch(others: others)
  }

  /// Answers other ranks.
  func answer() throws { try service.serve() }
}
