import Support
import Testing

@Suite(.serialized) struct ProcessorsTests {
  /// Parts are taken in their order, each once, whatever the number that are made at a time.
  @Test(arguments: [1, 2, 3, 7, 40])
  func takesPartsInOrder(most: Int) {
    var taken: [Int] = []
    Processors.inOrder(3..<40, atMost: most) { part, place in
      #expect((0..<most).contains(place))
      return (0..<(40 - part) * 200).reduce(part) { $0 ^ ($1 & 0) }
    } take: { part, made in
      #expect(made == part)
      taken.append(part)
    }
    #expect(taken == Array(3..<40))
  }

  @Test func nothingToDo() {
    Processors.inOrder(5..<5) { part, _ in
      part
    } take: { part, _ in
      Issue.record("part \(part)")
    }
  }

  private struct Refusal: Error {}

  /// What `take` throws ends the work, and is thrown.
  @Test func stopsWhereAPartIsRefused() {
    var last = -1
    #expect(throws: Refusal.self) {
      try Processors.inOrder(0..<1000) { part, _ in
        part
      } take: { part, _ in
        last = part
        if part == 3 { throw Refusal() }
      }
    }
    #expect(last == 3)
  }

  /// Bound to one processor, the process has the others while `with` lasts, and not after it.
  @Test func usesFurtherProcessors() {
    let all = Processors.allowed
    let count = Processors.count
    #expect(count == max(1, all.reduce(0) { $0 + $1.nonzeroBitCount }))
    guard count > 1, let word = all.firstIndex(where: { $0 != 0 }) else { return }
    var first = all.map { _ in UInt(0) }
    first[word] = all[word] & (~all[word] + 1)
    let before = Processors.with(first) { Processors.count }
    #expect(before == count, "those that it has stay")
  }

  @Test func worksAlone() {
    let own = pthread_self()
    Processors.alone {
      #expect(Processors.count == 1)
      Processors.inOrder(0..<8) { _, _ in
        pthread_equal(own, pthread_self()) != 0
      } take: {
        #expect($1)
      }
    }
    #expect(Processors.count >= 1)
  }

  @Test func countsTheTimeOfParts() {
    let before = Processors.secondsInParts
    var sum = 0.0
    Processors.inOrder(0..<4) { part, _ in
      (0..<200_000).reduce(0.0) { $0 + Double($1 ^ part).squareRoot() }
    } take: {
      sum += $1
    }
    #expect(Processors.secondsInParts > before && sum > 0)
  }
}
