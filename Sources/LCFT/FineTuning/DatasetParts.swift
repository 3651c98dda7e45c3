import IO
import Support

/// A data set of which as much is in memory at a time as one host has: part by part, each with the rows of some users, in
/// the order of the users. One part where all of it is here.
package struct DatasetParts {
  private let dataset: Dataset
  private let spread: SpreadUsers?

  package init(_ dataset: Dataset, spread: SpreadUsers? = nil) {
    self.dataset = dataset
    self.spread = spread
  }

  /// Items of the data set.
  var items: Int { dataset.items.count }
  /// Whether it says when test samples were.
  var hasTestTimes: Bool { dataset.test.timestamp != nil }

  func testSamples(ofUser row: Int32) -> Int { dataset.test.rows(ofUser: Int(row)).count }

  /// Calls `body` with each part; the users whose rows it has are its `heldUsers`. Throws a file error.
  func visit(_ body: (Dataset) throws -> Void) throws {
    guard let spread else { return try body(dataset) }
    let reader = try DatasetFile.RowReader(spread.dataPath, dataset, digest: spread.datasetDigest)
    for users in spread.owners.users where !users.isEmpty {
      var part = try dataset.withoutRows(in: ReservedMemory(in: OwnMemory()))
      part.part = Dataset.Part(users: users, names: users, trainPositives: dataset.trainPositives)
      try reader.fill(part, users: users)
      try body(part)
    }
  }
}
