import Support

/// Work on users one after the other that is spread over the processors. The parts are as large on any number of them, so
/// that sums over parts have the same bits. What a part makes of each user it may write to columns itself.
enum UserParts {
  private static let size = 1 << 14

  /// Calls `make` with ranges of `users` users, several at a time, and `take` with what it has made, in order.
  static func inOrder<Made>(_ users: Int, make: (Range<Int>) -> Made, take: (Made) -> Void) {
    Processors.inOrder(0..<(users + size - 1) / size) { part, _ in
      make(part * size..<min((part + 1) * size, users))
    } take: {
      take($1)
      Spill.checkpoint()
    }
  }

  /// Calls `body` with the same ranges.
  static func each(_ users: Int, _ body: (Range<Int>) -> Void) { inOrder(users, make: body) {} }
}
