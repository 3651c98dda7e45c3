import Dist
import Models

/// The tables of items and values, where the hosts share out their rows.
struct SharedTables {
  /// Their places in `ModelLayout.tables`.
  let indices: [Int]
  let parts: RowParts
  /// [indices] their memory, which has this host's rows.
  let memory: [UnsafeMutablePointer<Float>]

  /// Of `weights`; `parts` says which host has which rows of so many tables. Nil where every host has all rows of these
  /// tables.
  init?(_ weights: Weights, _ parts: ([(rows: Int, width: Int)]) -> RowParts) {
    guard weights.held?.share != nil else { return nil }
    let indices = weights.layout.tables.indices.filter { weights.layout.tables[$0].space != .user }
    self.indices = indices
    memory = indices.map { weights.tables[$0] }
    self.parts = parts(indices.map { (weights.rows(ofTable: $0), weights.layout.tables[$0].width) })
  }
}

/// Where a submodel finds the rows of shared out tables that its host does not have.
struct RemoteTables {
  private let rows: RemoteRows
  /// By place in `ModelLayout.tables`: that among the shared out tables.
  private let places: [Int: Int]

  init(_ tables: SharedTables, _ rows: RemoteRows) {
    self.rows = rows
    places = Dictionary(uniqueKeysWithValues: tables.indices.enumerated().map { ($1, $0) })
  }

  /// The values of row `row` of table `index`, which was fetched; nil where that table is not shared out.
  func values(ofRow row: Int32, table index: Int) -> UnsafePointer<Float>? {
    places[index].map { rows.values(ofRow: row, table: $0) }
  }
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
