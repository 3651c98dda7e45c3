import IO
import Import
import LCFT
import Models
import Support

/// What is asked for: for each of some users pairs with an item, or with all items, at a time. Columns lie in memory that
/// the ranks of a host share.
struct AskedPairs: Codable {
  /// [users] the identifiers of those who are asked about, in the order in which they come first, and their rows.
  var users: StringColumn
  var userRow: Column<Int32>
  /// User u's pairs are `pairs[offsets[u] ..< offsets[u + 1]]`, in the order in which they were given.
  var offsets: Column<Int64>
  var pairs: Column<Int32>
  /// The identifiers of items, and their rows.
  var items: StringColumn
  var itemRow: Column<Int32>
  /// [pairs] place in `items`; nil where a pair stands for all of them.
  var item: Column<Int32>?
  /// [pairs] seconds since 1970; nil where none are given.
  var time: Column<Int64>?
  /// [pairs] events of the user that come before.
  var position: Column<Int32>

  /// Candidates of each pair.
  var width: Int { item == nil ? items.count : 1 }
  var pairCount: Int { pairs.count }
  /// Candidates of user `user`.
  func count(ofUser user: Int) -> Int { Int(offsets[user + 1] - offsets[user]) * width }

  /// Pair and place in `items` of a user's candidate.
  @inline(__always)
  func candidate(_ number: Int, ofUser user: Int) -> (pair: Int, item: Int) {
    let pair = Int(pairs[Int(offsets[user]) + number / width])
    return (pair, item.map { Int($0[pair]) } ?? number % width)
  }

  /// All candidates of a user as samples, in memory of `arena`; features of samples are those of rows from `firstRow` on.
  func samples(
    ofUser user: Int, firstRow: Int, in arena: Arena
  ) -> UnsafeMutableBufferPointer<SampleReference> {
    let count = count(ofUser: user)
    let samples = arena.take(count, of: SampleReference.self)
    for number in 0..<count {
      let (pair, item) = candidate(number, ofUser: user)
      samples[number] = SampleReference(
        user: userRow[user], item: itemRow[item], eventPosition: position[pair], label: 0,
        row: firstRow + pair)
    }
    return UnsafeMutableBufferPointer(start: samples, count: count)
  }
}

extension AskedPairs {
  /// The pairs of `table`. `rows` are those of its users and items in `dataset`; a table without users asks about the user
  /// `only`. Positions follow by `rule`; a drawn negative has that of the pair before it.
  init(
    _ table: KnownTable, _ rows: KnownRowNumbers, _ rule: HistoryRule, allItems: Bool, only: String? = nil,
    in memory: any MemorySource
  ) throws {
    let users = only.map { StringColumn([$0]) } ?? table.users
    self.users = try users.copied(in: memory)
    userRow = try Column(rows.users).copied(in: memory)
    let user = only == nil ? table.user : [Int32](repeating: 0, count: table.count)
    let offsets = try Column<Int64>(users.count + 1, in: memory)
    for user in user { offsets.values[Int(user) + 1] += 1 }
    for row in 0..<users.count { offsets.values[row + 1] += offsets[row] }
    let pairs = try Column<Int32>(table.count, in: memory)
    var next = Array(offsets.values)
    for (pair, user) in user.enumerated() {
      pairs.values[Int(next[Int(user)])] = Int32(pair)
      next[Int(user)] += 1
    }
    self.offsets = offsets
    self.pairs = pairs
    if allItems {
      items = rule.dataset.items.id
      itemRow = try Column((0..<Int32(items.count)).map(\.self)).copied(in: memory)
      item = nil
    } else {
      items = try table.items.copied(in: memory)
      itemRow = try Column(rows.items).copied(in: memory)
      item = try Column(table.item).copied(in: memory)
    }
    time = table.time.isEmpty ? nil : try Column(table.time).copied(in: memory)
    let position = try Column<Int32>(table.count, in: memory)
    for pair in 0..<table.count {
      if !table.drawn.isEmpty, table.drawn[pair] == 1, pair > 0, user[pair] == user[pair - 1] {
        position.values[pair] = position[pair - 1]
        continue
      }
      let row = Int(rows.users[Int(user[pair])])
      // A user of whom nothing is known has no history.
      guard row < rule.dataset.users.count else { continue }
      position.values[pair] = rule.position(
        user: row, item: allItems ? -1 : rows.items[Int(table.item[pair])],
        time: table.time.isEmpty ? nil : table.time[pair])
    }
    self.position = position
  }
}

/// The rows of a table's users and items in a data set: the row after the last one for those that it does not have.
struct KnownRowNumbers {
  private(set) var users: [Int32] = []
  private(set) var items: [Int32] = []
  let newUsers: Int
  let newItems: Int

  init(users: StringColumn, items: StringColumn, in dataset: Dataset) {
    self.users = KnownRowNumbers.rows(of: users, in: dataset.users.id)
    self.items = KnownRowNumbers.rows(of: items, in: dataset.items.id)
    newUsers = self.users.count { Int($0) == dataset.users.count }
    newItems = self.items.count { Int($0) == dataset.items.count }
  }

  private static func rows(of names: StringColumn, in known: StringColumn) -> [Int32] {
    let index = StringIndex(known)
    return (0..<names.count).map { index.row(of: names.bytes(ofRow: $0)) ?? Int32(known.count) }
  }
}
