import Synchronization

/// What others must be told when a thread that watches ends the process, while the rank itself waits and can tell nothing.
package enum LastWords {
  private static let listener = Mutex<(@Sendable (String) -> Void)?>(nil)

  /// From now on `body` gets why the process ends; nil: nobody does.
  package static func listen(_ body: (@Sendable (String) -> Void)?) { listener.withLock { $0 = body } }

  /// The process ends now, for this reason.
  package static func say(_ reason: String) {
    let body = listener.withLock { $0 }
    body?(reason)
  }
}
