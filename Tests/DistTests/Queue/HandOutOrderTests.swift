import Dist
import Testing

@Suite struct HandOutOrderTests {
  @Test func fallsInCost() {
    #expect(mostExpensiveFirst([3, 1, 7, 3, 0]) == [2, 0, 3, 1, 4])
    #expect(mostExpensiveFirst([]) == [])
  }
}
