import Dist
import Testing

@Suite struct PlacementTests {
  private func crowd(_ masks: UInt64...) -> [Int]? {
    Affinity.crowd(masks.map { Affinity(words: [0, $0]) }).map { [$0.ranks, $0.processors] }
  }

  @Test func ranksWithAProcessorEachAreNoCrowd() {
    #expect(crowd(0b01, 0b10) == nil)
    #expect(crowd(0b11, 0b11) == nil)
    // One bound, the other free to take what is left.
    #expect(crowd(0b01, 0b11) == nil)
    // Two threads of a core each.
    #expect(crowd(0b0011, 0b1100) == nil)
    // The system tells nothing.
    #expect(crowd(0, 0, 0) == nil)
    #expect(crowd() == nil)
  }

  @Test func sharedProcessorsAreFound() {
    #expect(crowd(0b01, 0b01) == [2, 1])
    #expect(crowd(0b11, 0b11, 0b11) == [3, 2])
    #expect(crowd(0b1111, 0b1111, 0b10, 0b10) == [2, 1])
    #expect(crowd(0b1, 0b1, 0b1, 0b1110, 0b1110, 0b1110, 0b1110) == [3, 1])
  }

  @Test func theMaskIsReadFromTheStatusText() {
    func words(_ mask: String) -> [UInt64] {
      Affinity(status: "Name:\tlcft\nCpus_allowed:\t\(mask)\nCpus_allowed_list:\t0-3\n").words
    }
    #expect(words("3") == [3])
    #expect(words("ff,ffffffff") == [0xFF_FFFF_FFFF])
    #expect(words("00000001,00000000,80000000") == [0x8000_0000, 1])
    #expect(Affinity(status: "Name:\tlcft\n").count == 0)
  }

  @Test func ownProcessorsAreThere() {
    #if os(Linux)
      #expect(Affinity.own().count > 0)
    #endif
    #expect(SoloCommunicator().hosts.count == 1)
    #expect(SoloCommunicator().name(of: 0) == "rank 0")
  }
}
