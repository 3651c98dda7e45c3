import Foundation
import Support
import Synchronization
import Testing

/// Serialized: there is one listener in a process.
@Suite(.serialized) struct SignOfLifeTests {
  private final class Signs: Sendable {
    private let given = Atomic<Int>(0)
    var count: Int { given.load(ordering: .relaxed) }
    func add() { given.add(1, ordering: .relaxed) }
  }

  /// Signs are given for pieces of work that others wait for, and only by the thread that said so.
  @Test func givenWhileAwaited() {
    let signs = Signs()
    SignOfLife.listen(every: 0) { signs.add() }
    defer { SignOfLife.endListening() }
    SignOfLife.give()
    #expect(signs.count == 0)
    SignOfLife.whileAwaited {
      SignOfLife.give()
      SHA256().update([1, 2, 3])
      #expect(signs.count == 2)
      let other = Thread { SignOfLife.give() }
      other.start()
      while !other.isFinished { usleep(100) }
      #expect(signs.count == 2)
    }
    SignOfLife.give()
    #expect(signs.count == 2)
  }

  /// A part that is awaited ends before the whole.
  @Test func withinAnother() {
    let signs = Signs()
    SignOfLife.listen(every: 0) { signs.add() }
    defer { SignOfLife.endListening() }
    SignOfLife.whileAwaited {
      SignOfLife.whileAwaited { SignOfLife.give() }
      SignOfLife.give()
    }
    SignOfLife.give()
    #expect(signs.count == 2)
  }

  /// Work that ends soon needs no sign.
  @Test func rarely() {
    let signs = Signs()
    SignOfLife.listen(every: 3600) { signs.add() }
    defer { SignOfLife.endListening() }
    SignOfLife.whileAwaited { for _ in 0..<1000 { SignOfLife.give() } }
    #expect(signs.count == 0)
  }
}
