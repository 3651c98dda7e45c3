import Dist
import IO

/// The users of a data set whose rows no host has all of: each has its own, and when it runs out of them works on
/// others', whose rows it reads from the data set's file and from the cloud model's checkpoint.
package struct SpreadUsers: Sendable {
  package let owners: RowOwners
  package let dataPath: String
  package let datasetDigest: String

  package init(owners: RowOwners, dataPath: String, datasetDigest: String) {
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
    let own = owners.held(byHostOf: rank).users
    let values = leads ? users.filter { own.contains(Int($0)) }.map { value(Int($0)) } : []
    // Leaders ascend with their hosts, and hosts with their users.
    return try communicator.gather(values, to: 0).values
  }
}
