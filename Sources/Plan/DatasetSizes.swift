import IO
import LCFT

/// The sizes of a data set, from its file's shapes and its users' offsets: what a run will need, known before the rest
/// is read.
package struct DatasetSizes: Sendable, Equatable {
  package var users = 0
  package var items = 0
  package var events = 0
  package var trainSamples = 0
  package var testSamples = 0
  /// Of users, items, samples and events, each in their order.
  package var features: [FeatureOutline] = []
  /// The fine-tuning of the largest user takes the most.
  package var largestUser: LargestUser
  package var positions = SampledPositions()
  /// Of one user's identifier.
  package var userIDBytes = 0
  /// Of all columns as they lie in memory.
  package var columnBytes = 0
  /// Of those, the rows of events and samples, of which a host may have those of its own users only, and what else there
  /// is of each user but for offsets.
  package var rowBytes = 0
  package var nameBytes = 0
  /// Of all columns, the ones that are checked and digested while they are loaded, and not read again.
  package var loadedBytes = 0

  /// Throws a file error where `path` is not a file of ours. Anything else that is wrong with the file is
  /// reported by its reader.
  package init(_ path: String) throws {
    let summary = try FileSummary.read(path)
    let largest = try? LargestUser(of: path)
    largestUser = largest ?? LargestUser(events: 0, trainSamples: 0, testSamples: 0)
    positions = (try? SampledPositions(of: path)) ?? SampledPositions()
    features = FeatureOutline.list(summary)
    for column in summary.datasets {
      let before = columnBytes
      defer { add(columnBytes - before, of: column.path) }
      let rows = DatasetSizes.bounded(column.shape.first ?? 0, 1 << 32)
      let count = DatasetSizes.count(column.shape)
      switch column.path {
      case "/users/id":
        users = rows
        userIDBytes = DatasetSizes.width(column.type)
        columnBytes += rows * userIDBytes
      case "/items/id":
        items = rows
        columnBytes += rows * DatasetSizes.width(column.type)
      case "/categories/id": columnBytes += rows * DatasetSizes.width(column.type)
      // Digests, which are checked while the file is read and not kept, and what became of the sources' rows.
      case let path where ["/blocks/", "/parts/", "/import/"].contains(where: path.hasPrefix): break
      case let path where path.hasSuffix("/timestamp"):
        columnBytes += 8 * count
        loadedBytes += 8 * count
      case "/events/item":
        events = rows
        columnBytes += 4 * count
      case "/samples/train/item":
        trainSamples = rows
        columnBytes += 4 * count
      case "/samples/test/item":
        testSamples = rows
        columnBytes += 4 * count
      // Numbers of 8 bytes and of 1 in any group; the strings of vocabularies by their width.
      case let path where ["offsets", "count", "distinct"].contains(where: path.hasSuffix):
        columnBytes += 8 * count
      case let path
      where ["label", "action", "genome_known", "missing", "drawn"].contains(where: path.hasSuffix):
        columnBytes += count
      case let path where path.hasPrefix("/vocabularies/") && path.hasSuffix("/value"):
        columnBytes += rows * DatasetSizes.width(column.type)
      default: columnBytes += 4 * count
      }
    }
    let rows = [events, trainSamples, testSamples]
    // A damaged file's offsets are bounded by its rows.
    largestUser = LargestUser(
      events: min(largestUser.events, rows[0]), trainSamples: min(largestUser.trainSamples, rows[1]),
      testSamples: min(largestUser.testSamples, rows[2]))
  }

  private mutating func add(_ bytes: Int, of path: String) {
    if path == "/users/id" || path.hasPrefix("/features/users/") { nameBytes += bytes }
    let owners = ["/events/", "/samples/", "/features/events/", "/features/samples/"]
    if owners.contains(where: path.hasPrefix) { rowBytes += bytes }
  }

  /// Without features but `categories`.
  package init(
    users: Int, items: Int, categories: Int, events: Int, trainSamples: Int, testSamples: Int,
    largestUser: LargestUser
  ) {
    self.largestUser = largestUser
    self.users = users
    self.items = items
    features = [
      FeatureOutline(.items, Features.category, .values(table: Features.category, rows: categories))
    ]
    self.events = events
    self.trainSamples = trainSamples
    self.testSamples = testSamples
    userIDBytes = 16
    rowBytes = 13 * events + 9 * (trainSamples + testSamples)
    nameBytes = 16 * users
    columnBytes = 13 * events + 9 * (trainSamples + testSamples) + 40 * users + 28 * items + 16 * categories
  }

  // A damaged file may state any shapes. Numbers are bounded far above what fits into a machine, so that
  // nothing that is computed from them overflows.

  static func bounded(_ number: Int, _ limit: Int) -> Int { min(max(number, 0), limit) }

  private static func count(_ shape: [Int]) -> Int {
    shape.reduce(1) { count, length in
      let product = count.multipliedReportingOverflow(by: bounded(length, 1 << 42))
      return product.overflow ? 1 << 42 : bounded(product.partialValue, 1 << 42)
    }
  }

  /// Of `string[12]`; strings without a width are taken as short.
  private static func width(_ type: String) -> Int {
    guard let open = type.firstIndex(of: "["), let close = type.firstIndex(of: "]") else { return 16 }
    return bounded(Int(type[type.index(after: open)..<close]) ?? 16, 1 << 20)
  }
}
