import HDF5
import IO
import TestSupport
import Testing

@Suite struct MethodChoiceFileTests {
  let folder = try! FileTestFolder()

  static func table() -> MethodChoiceTable {
    var set = MethodChoice.Scores(methods: 3)
    (set.users, set.samples, set.best, set.chosen, set.next) = (4, 20, 2, 2, 0)
    set.auc = [0.5, 0.25, 1.0 / 3]
    set.difference = [0, -0.25, 0.1]
    (set.low, set.high) = ([0, -1, -0.2], [0, 1, 0.3])
    set.advantage = [-0.1, .nan, 0]
    (set.margin, set.marginLow, set.marginHigh) = (0.1, -0.2, 0.3)
    var other = set
    (other.chosen, other.next) = (0, 1)
    var measured = MethodChoiceTable.Measured(methods: 3)
    measured.user = [3, 5, 3]
    measured.fold = [1, 1, 2]
    measured.localCTR = [0.1, 0.2, 0.3]
    measured.samples = [4, 6, 10]
    measured.aucs = [[0.5, 0.5, 0.25], [0.1, .nan, 0.2], [0.7, 0.8, 0.9]]
    var origin = SearchOrigin()
    (origin.model, origin.datasetDigest, origin.holdout, origin.job) = ("DIN", "d", 0.2, "name: x\n")
    return MethodChoiceTable(
      choice: MethodChoice(
        methods: ["cloud", "soft1", "hard"], edges: [0, 0.2, 1], sets: [set, other, set],
        rule: MethodChoice.Rule(folds: 2, holdout: 0.2, decay: 0.5, shrinkage: 1),
        labels: LabelTable.Pairs(edges: [0, 1], alpha: [0.8], beta: [0.1])), measured: measured,
      origin: origin)
  }

  @Test func holdsEverything() throws {
    let (table, path) = (MethodChoiceFileTests.table(), folder.file("choice.h5"))
    try MethodChoiceFile.write(table, to: path)
    let read = try MethodChoiceFile.read(path)
    #expect(read.contentDigest() == table.contentDigest() && read.origin == table.origin)
    #expect(read.choice.labels == table.choice.labels && read.choice.rule == table.choice.rule)
    #expect(read.choice.sets.map(\.chosen) == [2, 0, 2] && read.choice.chosen(0) == "hard")
    #expect(read.choice.chosenMethods == ["hard", "cloud"])
    #expect(read.measured.user == [3, 5, 3] && read.measured.aucs[2] == [0.7, 0.8, 0.9])
    #expect(read.measured.aucs[1][1].isNaN && read.choice.sets[0].advantage[1].isNaN)
  }

  /// In the findings of results, where it counts in the digest.
  @Test func isPartOfFindings() throws {
    var findings = SearchFindings(choice: SearchFindings.Choice(MethodChoiceFileTests.table()))
    let path = folder.file("results.h5")
    func digest() throws -> String {
      let results = SearchFindingsTests.results(findings)
      try ResultsFile.write(results, to: path)
      let read = try ResultsFile.read(path)
      #expect(read.findings?.choice?.choice.sets.map(\.chosen) == findings.choice?.choice.sets.map(\.chosen))
      #expect(read.findings?.choice?.tableDigest == findings.choice?.tableDigest)
      #expect(read.findings?.choice?.datasetDigest == "d")
      return read.contentDigest()
    }
    let first = try digest()
    findings.choice?.choice.sets[1].chosen = 1
    #expect(try digest() != first)
  }

  /// A place that is none, edges that do not rise, columns that do not belong together.
  @Test func refusesWhatCannotBe() throws {
    let path = folder.file("wrong.h5")
    func refused(_ change: (inout MethodChoiceTable) -> Void, _ part: String) throws {
      var table = MethodChoiceFileTests.table()
      change(&table)
      try MethodChoiceFile.write(table, to: path)
      #expect { try MethodChoiceFile.read(path) } throws: { "\($0)".contains(part) }
    }
    try refused({ $0.choice.sets[1].chosen = 3 }, "/choice/chosen")
    try refused({ $0.choice.sets[0].best = 0 }, "/choice/chosen")
    try refused({ $0.choice.edges = [0, 0.7, 0.5] }, "/choice/chosen")
    try refused({ $0.choice.labels?.alpha = [1, 2] }, "/choice/chosen")
    try refused({ $0.measured.samples.removeLast() }, "/measured/samples")
  }
}
