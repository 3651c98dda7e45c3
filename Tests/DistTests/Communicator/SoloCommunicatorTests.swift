import Dist
import Testing

@Suite struct SoloCommunicatorTests {
  let solo = SoloCommunicator()

  @Test func collectivesAreThoseOfOneRank() throws {
    #expect(solo.rank == 0 && solo.size == 1)
    var values: [Float] = [1, 2, 3]
    try values.withUnsafeMutableBufferPointer { try solo.broadcast($0, from: 0) }
    #expect(values == [1, 2, 3])
    #expect(try solo.broadcast("model: DIN", from: 0) == "model: DIN")
    #expect(try solo.broadcast([Int32](), from: 0) == [])
    #expect(try solo.allreduce(7, .sum) == 7)
    #expect(try solo.allreduce(2.5, .minimum) == 2.5)
    let gathered = try solo.gather([UInt8(4), 5], to: 0)
    #expect(gathered.values == [4, 5] && gathered.counts == [2])
    let all = try solo.allgather([Int64]())
    #expect(all.values == [] && all.counts == [0])
    #expect(solo.node().size == 1)
    #expect(solo.traffic == Traffic())
  }

  @Test func sendReceiveToItselfCopies() throws {
    let outgoing: [Double] = [1, 2]
    var incoming: [Double] = [0, 0]
    try outgoing.withUnsafeBufferPointer { source in
      try incoming.withUnsafeMutableBufferPointer {
        try solo.sendReceive(source, to: 0, $0, from: 0, tag: 1)
      }
    }
    #expect(incoming == outgoing)
    #expect(throws: DistError.messageLength(expected: 16, received: 8, source: 0, tag: 1)) {
      try [1.0].withUnsafeBufferPointer { source in
        try incoming.withUnsafeMutableBufferPointer {
          try solo.sendReceive(source, to: 0, $0, from: 0, tag: 1)
        }
      }
    }
  }

  @Test func thereIsNobodyElse() {
    #expect(throws: DistError.noSuchRank(rank: 1, size: 1)) {
      try [UInt8(1)].withUnsafeBufferPointer { try solo.send($0, to: 1, tag: 0) }
    }
    #expect(throws: DistError.noSuchRank(rank: 1, size: 1)) { try solo.broadcast("", from: 1) }
    #expect(solo.probe(tag: 0) == nil)
  }

  struct Failure: ExitStatusProviding, CustomStringConvertible {
    var description: String { "no such file\nin any folder" }
    var exitStatus: Int32 { 7 }
  }

  @Test func agreementKeepsValueOrNamesTheRank() throws {
    #expect(try solo.collectively { 5 } == 5)
    let expected = DistError.collective(
      rank: 0, message: "no such file; in any folder", failures: 1, exitStatus: 7)
    #expect(throws: expected) { try solo.collectively { throw Failure() } }
    #expect(throws: expected) { try solo.agree(on: Result<Int, any Error>.failure(Failure())) }
  }
}
