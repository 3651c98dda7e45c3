import Dist

extension UserQueue {
  /// As `run(items:)`, with an item for each of `users`, rows of the data set, whom `model` works on. Where they are spread
  /// over the hosts, a rank has what a user needs, `borrowed` from other hosts where need be, before the user's turn.
  func run(
    _ users: [Int32], for model: UserModel, _ borrowed: BorrowedUsers?, cost: (Int) -> Double,
    isDone: (Int) -> Bool, process: (_ item: Int, _ results: ResultBuffer) throws -> Void,
    collect: @escaping (inout ResultReader) throws -> Void
  ) throws {
    try run(
      items: users.count, homes: borrowed?.spread.homes(of: users), cost: cost, isDone: isDone,
      begin: { items in try borrowed?.fetch(items.map { Int(users[$0]) }, for: model, others: serve) },
      meanwhile: { try borrowed?.tables?.answer() }, process: process, collect: collect)
  }
}
