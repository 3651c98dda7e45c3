internal import CProcessor
import Synchronization

/// The processors that this process may use, and work that is spread over them.
package enum Processors {
  /// How many there are: those that a launcher has bound this process to, or all of the machine.
  package static var count: Int {
    if isAlone.load(ordering: .relaxed) { return 1 }
    let own = allowed.reduce(0) { $0 + $1.nonzeroBitCount }
    return own > 0 ? own : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// Which ones, a bit each, always of so many words; none where the system does not tell.
  package static var allowed: [UInt] {
    var words = [UInt](repeating: 0, count: 128)
    lcft_allowed_processors(&words, words.count)
    return words
  }

  /// Runs `body` on this thread alone, whatever other processors there are.
  package static func alone<Value>(_ body: () throws -> Value) rethrows -> Value {
    let before = isAlone.exchange(true, ordering: .relaxed)
    defer { isAlone.store(before, ordering: .relaxed) }
    return try body()
  }

  private static let isAlone = Atomic(false)

  /// Runs `body` on these processors as well, a bit each as in `allowed`: this thread and those that it starts. Where the
  /// system refuses, on those that it has.
  package static func with<Value>(_ further: [UInt], _ body: () throws -> Value) rethrows -> Value {
    let own = allowed
    let all = zip(own, further).map { $0 | $1 }
    // Without its own a thread could not go back to them.
    guard own.contains(where: { $0 != 0 }), all != own, lcft_allow_processors(all, all.count) != 0 else {
      return try body()
    }
    defer { _ = lcft_allow_processors(own, own.count) }
    return try body()
  }

  /// Seconds of processor time that this process has spent on making parts.
  package static var secondsInParts: Double { Double(spent.load(ordering: .relaxed)) * 1e-9 }

  private static let spent = Atomic<UInt64>(0)

  /// Makes every part of some work, and takes what was made in the order of the parts, on this thread.
  ///
  /// As many parts as there are processors, and no more than `most`, are made at a time, each on a thread of its own;
  /// `place` is below that number and no two parts that are made at a time have the same. What is taken does not depend
  /// on the number of processors.
  package static func inOrder<Made>(
    _ parts: Range<Int>, atMost most: Int = .max, make: (_ part: Int, _ place: Int) -> Made,
    take: (Int, Made) throws -> Void
  ) rethrows {
    let together = max(1, min(count, most, parts.count))
    for first in stride(from: parts.lowerBound, to: parts.upperBound, by: together) {
      let made = at(once: min(together, parts.upperBound - first)) { make(first + $0, $0) }
      for (place, part) in made.enumerated() { try take(first + place, part) }
    }
  }

  /// What `body` has made at each of `count` places, each on a thread of its own.
  private static func at<Made>(once count: Int, _ body: (Int) -> Made) -> [Made] {
    func make(_ place: Int) -> Made {
      let start = processorSeconds()
      defer { spent.add(UInt64((processorSeconds() - start) * 1e9), ordering: .relaxed) }
      return body(place)
    }
    guard count > 1 else { return [make(0)] }
    return [Made](unsafeUninitializedCapacity: count) { made, initialized in
      withoutActuallyEscaping(make) { make in
        // Every place is written by one thread, and read when all have ended.
        nonisolated(unsafe) let (make, target) = (make, made.baseAddress!)
        let places = Places(count: count) { (target + $0).initialize(to: make($0)) }
        let threads = (1..<count).compactMap { _ in WorkerThread(stackBytes: 1 << 20) { places.work() } }
        places.work()
        for thread in threads { thread.join() }
      }
      initialized = count
    }
  }

  /// Places that threads take one after the other.
  private final class Places: Sendable {
    private let count: Int
    private let body: @Sendable (Int) -> Void
    private let next = Atomic(0)

    init(count: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.count = count
      self.body = body
    }

    func work() {
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < count else { return }
        body(place)
        SignOfLife.give()
      }
    }
  }
}
