import IO
import LCFT
import Testing

@Suite struct UserAUCTests {
  /// Eq. 12: (2 0.5 + 6 1) / (2 + 6).
  @Test func weighsUsersByTheirTestSamples() {
    var average = UserAUC()
    average.add(0.5, samples: 2)
    average.add(1, samples: 6)
    #expect(average.value == 0.875)
    #expect(UserAUC().value.isNaN)
    #expect(average - UserAUC(numerator: 5, denominator: 8) == 0.25)
  }

  @Test func countsUsersWithBothAUCs() {
    let comparison = Results.Comparison(
      MethodAUCs(name: "soft1", aucs: [0.5, 0.75, .nan, 0.25, 1, 0.5]),
      against: MethodAUCs(name: "cloud", aucs: [0.5, 0.5, 0.5, .nan, 0.5, 0.75]))
    #expect(comparison.method == "soft1" && comparison.against == "cloud" && comparison.users == 4)
    #expect(comparison.up == 0.5 && comparison.same == 0.25 && comparison.down == 0.25)
    #expect(comparison.difference.isNaN)
  }
}
