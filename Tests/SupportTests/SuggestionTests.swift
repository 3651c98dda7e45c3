import Support
import Testing

@Suite struct SuggestionTests {
  @Test(
    arguments: [
      ("DNI", "DIN"), ("sofft2", "soft2"), ("epoch", "epochs"), ("cluod", "cloud"), ("soft", nil),
      ("LR", nil),
      ("something", nil),
    ] as [(String, String?)])
  func theNearestWordIsProposed(_ word: String, _ expected: String?) {
    let known = ["DIN", "LR", "soft1", "soft2", "epochs", "cloud"]
    #expect(Suggestion.nearest(to: word, among: known) == expected)
  }
}
