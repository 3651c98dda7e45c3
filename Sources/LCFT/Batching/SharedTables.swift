import Dist
import Models

/// The tables of items and values, where the hosts share out their rows.
struct SharedTables {
  let joint: JointTables
  /// Which host has which rows, by place in `joint`.
  let parts: RowParts
  /// Their memory, which has this host's rows, by place in `joint`.
  let memory: [TableMemory]

  /// Of `weights`, whose rows belong to the shards of `map`, as `rank` sees them. Nil where every host has all rows of these
  /// tables.
  init?(_ weights: Weights, _ map: ShardMap, rank: Int) {
    guard weights.held?.share != nil else { return nil }
    joint = JointTables(weights)
    parts = map.parts(of: joint.shapes, rank: rank)
    memory = joint.all.map { joint in
      TableMemory(blocks: joint.tables.map { (weights.tables[$0.index], $0.columns.count) })
    }
  }
}

extension ShardMap {
  /// Which host has which rows of `tables`, of items and values, where these are shared out (`RowShare`); as the host of
  /// `rank` sees it.
  package func parts(of tables: [(rows: Int, width: Int)], rank: Int = 0) -> RowParts {
    let shares = layout.ranks.indices.map { RowShare(shards: shards(ofHost: $0), of: shards) }
    return RowParts(
      bounds: tables.map { table in shares.map { $0.rows(of: table.rows).lowerBound } + [table.rows] },
      widths: tables.map(\.width), host: layout.hosts[rank])
  }
}

/// Where a submodel finds the rows of shared out tables that its host does not have.
struct RemoteTables {
  let tables: SharedTables
  let rows: RemoteRows
}

extension SubmodelBuilder {
  /// Adds to `requests` the rows of `tables` that were noted since `begin`.
  func request(_ tables: SharedTables, _ requests: RowRequests) {
    for (place, joint) in tables.joint.all.enumerated() {
      let (rows, partition) = rows(joint.space)
      requests.add(rows, count: partition.count, ofTable: place)
    }
  }
}
