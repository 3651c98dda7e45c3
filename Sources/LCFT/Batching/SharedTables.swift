import Dist
import Models

/// The tables of items and values, where the hosts share out their rows.
struct SharedTables {
  /// Their places in `ModelLayout.tables`.
  let indices: [Int]
  let parts: RowParts
  /// [indices] their memory, which has this host's rows.
  let memory: [UnsafeMutablePointer<Float>]
  /// By place in `ModelLayout.tables`: that in `indices`.
  private let places: [Int?]

  /// Of `weights`, whose rows belong to the shards of `map`, as `rank` sees them. Nil where every host has all rows of these
  /// tables.
  init?(_ weights: Weights, _ map: ShardMap, rank: Int) {
    guard weights.held?.share != nil else { return nil }
    let indices = weights.layout.itemSideTables
    self.indices = indices
    memory = indices.map { weights.tables[$0] }
    parts = map.parts(of: weights.shapes(ofTables: indices), rank: rank)
    places = weights.layout.tables.indices.map { indices.firstIndex(of: $0) }
  }

  /// The place of table `index` of the layout among these; nil where it is none of them.
  func place(ofTable index: Int) -> Int? { places[index] }
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
    for (place, index) in tables.indices.enumerated() {
      let (rows, partition) = rows(ofTable: index)
      requests.add(rows, count: partition.count, ofTable: place)
    }
  }
}
