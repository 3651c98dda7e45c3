import Support
import Testing

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s"),
    (3599.4, "59 min 59 s"),
    (3599.6, "1 h 0 min"), (100_000, "27 h 46 min"),
  ])
  func durations(seconds: Double, text: String) { #expect(durationText(seconds) == text) }

  @Test func aDurationWithoutEndIsStillText() { #expect(durationText(.infinity).hasSuffix(" min")) }

  @Test func paddingAtTheEndOfALineGoes() {
    #expect(withoutTrailingBlanks(pad("a", 3) + pad("b", 4, right: false)) == "  ab")
    #expect(withoutTrailingBlanks("   ") == "")
  }

  @Test func wideCharactersAreAlignedAsTerminalsShowThem() {
    #expect(pad("läuf-日本", 12, right: false) == "läuf-日本   ")
    #expect(pad("±–…", 4) == " ±–…")
  }

  /// A method that diverged does not widen its column.
  @Test func hugeNumbersHaveAnExponent() {
    #expect(text(271_306_543_844_233_388_962_798_804_171_489_280, 4) == "2.71e+35")
    #expect(text(-1_048_577_078.18, 4) == "-1.05e+09")
    #expect(text(999_999_999, 1) == "999999999.0")
    #expect(signed(2e12, 4) == "+2.00e+12" && signed(-2e12, 4) == "-2.00e+12")
    // The sign says on which side of 0 an interval ends.
    #expect(signed(-3e-5, 4) == "-0.0000" && signed(3e-5, 4) == "+0.0000" && signed(-0.0, 4) == "+0.0000")
    #expect(signed(.nan, 4) == "-" && signed(-.infinity, 4) == "-inf")
  }

  @Test func quotedTextMovesNoCursor() {
    #expect(quoted("a\nb\u{1B}[2Jc") == "a b\\u{1b}[2Jc")
    #expect(quoted("naïve 映画") == "naïve 映画")
    #expect(quoted(String(repeating: "x", count: 2000)).count == 1000)
  }
}
