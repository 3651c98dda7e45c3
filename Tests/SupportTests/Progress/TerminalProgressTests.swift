import Support
import Testing

@Suite struct TerminalProgressTests {
  private func event(_ note: String, isLast: Bool = false, work: String = "epoch 1/2") -> ProgressEvent {
    ProgressEvent(
      work: work, unit: "steps", done: 250, total: 1000, seconds: 100, secondsLeft: 300, note: note,
      isLast: isLast)
  }

  /// What stands on the terminal after each rewriting, by columns.
  private final class Screen {
    var width = 80
    private(set) var texts: [String] = []
    private(set) var ends: [Bool] = []
    lazy var progress = TerminalProgress(
      width: { self.width },
      rewriteLine: { text, isLast in
        self.texts.append(text)
        self.ends.append(isLast)
      })
  }

  @Test func aLineTellsEverything() {
    let screen = Screen()
    screen.progress.receive(event("loss 0.61"))
    screen.progress.receive(event("", isLast: true))
    #expect(screen.texts[0] == "epoch 1/2: 250/1000 steps, 2.5 steps/s, 5 min 0 s left, loss 0.61")
    #expect(screen.texts[1].hasPrefix("epoch 1/2: 250 steps in 1 min 40 s, 2.5 steps/s"))
    #expect(screen.ends == [false, true])
  }

  /// In no width does a rewritten line fill the last column, where terminals wrap.
  @Test(arguments: [1, 20, 60, 61, 62, 63, 64, 65, 66, 67, 80])
  func linesAreCutToTheWidth(width: Int) {
    let screen = Screen()
    screen.width = width
    screen.progress.receive(event("loss 0.61"))
    let whole = "epoch 1/2: 250/1000 steps, 2.5 steps/s, 5 min 0 s left, loss 0.61"
    #expect(screen.texts[0] == String(whole.prefix(width - 1)))
  }

  @Test func wideCharactersTakeTwoColumns() {
    let screen = Screen()
    screen.width = 8
    screen.progress.receive(event("", work: "映画a映画"))
    #expect(screen.texts[0] == "映画a映")
  }

  @Test func aShorterLineCoversALongerOne() {
    let screen = Screen()
    screen.progress.receive(event("loss 0.61"))
    screen.progress.receive(event(""))
    #expect(screen.texts[1].count == screen.texts[0].count && screen.texts[1].hasSuffix("left           "))
    // The last line ends; the next work begins on a line of its own, which has nothing to cover.
    screen.progress.receive(event("", isLast: true))
    screen.progress.receive(event(""))
    #expect(screen.texts[3].hasSuffix("left"))
  }

  @Test func theLastLineIsWhole() {
    let screen = Screen()
    screen.width = 20
    screen.progress.receive(event("mean loss 0.61234", isLast: true))
    #expect(screen.texts[0].hasSuffix(", mean loss 0.61234"))
  }

  @Test func linesComeOftenEnoughToWatch() {
    let progress = TerminalProgress()
    #expect(progress.interval(after: 0) == 0)
    #expect((1...100).allSatisfy { (0.1...0.5).contains(progress.interval(after: $0)) })
  }

  @Test func aWidthIsAlwaysKnown() { #expect(TerminalProgress.terminalWidth() > 0) }
}
