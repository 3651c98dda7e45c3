import IO
import Import
import Support
import TestSupport
import Testing

/// Rows that are left out are not counted as used.
@Suite struct TableRowAccountTests {
  private let log = "user,item,label,timestamp\nu,a,1,1\nu,b,0,2\nu,a,1,1\nv,c,0,3\n"

  @Test func repeatsAreLeftOutOfTheirFile() throws {
    let found = try TableResult(
      """
      log: {files: [one.csv, two.csv]}
      label: label
      history: {files: more.csv}
      """, ["one.csv": log, "two.csv": log, "more.csv": "user,item,timestamp\nu,a,1\nu,x,1\nu,x,1\nv,c,9\n"])
    #expect(found.account.files.map(\.rows) == [4, 4, 4])
    #expect(found.account.files.map(\.usedRows) == [3, 0, 2])
    #expect(found.account.files[1].leftOut.map(\.what) == [RowAccount.repeated])
    #expect(found.dataset.provenance.record?.files.map(\.used) == [3, 0, 2])
    #expect(
      found.account.warnings.contains {
        "\($0)".contains("two.csv: 4 of 4 rows are left out") && "\($0)".contains("or repeats: keep")
      })
  }

  @Test func keptRepeatsAreUsed() throws {
    let found = try TableResult("log: {files: log.csv}\nlabel: label\nrepeats: keep\n", ["log.csv": log])
    #expect(found.account.files[0].usedRows == 4 && found.account.repeats == 1)
  }

  /// u has three training samples, v one.
  @Test func usersBelowTheMinimum() throws {
    let found = try TableResult(
      "log: {files: log.csv}\nlabel: label\nminimum_training_samples: 1\nsplit: {time: 5}\n",
      [
        "log.csv":
          "user,item,label,timestamp\nu,a,1,1\nu,b,0,2\nu,c,1,3\nu,d,1,9\nv,a,0,3\nv,b,0,8\nv,c,1,9\n"
      ])
    #expect(found.account.belowMinimum?.users == 1 && found.account.belowMinimum?.samples == 3)
    #expect(
      found.account.lines.contains(
        "minimum     3 samples of 1 user with up to 1 training samples left out; their events stay"))
    #expect(found.account.users.withoutTraining == 0 && found.account.users.withoutTest == 0)
    let (_, account) = try SubsetLog().subset(
      TableResult(
        "log: {files: log.csv}\nlabel: label\nsplit: {time: 5}\n",
        ["log.csv": "user,item,label,timestamp\nu,a,1,1\nu,b,0,2\nv,a,0,3\nv,b,0,8\n"]
      ).dataset
    ) { $0.minimumTrainingSamples = 1 }
    #expect(account.belowMinimum?.users == 1 && account.users.withoutTraining == 0)
  }

  @Test func spacesAroundIdsOfOtherFilesAreCounted() throws {
    let found = try TableResult(
      "log: {files: log.csv}\nlabel: label\nusers: {file: users.csv, features: {age: {}}}\n",
      ["log.csv": log, "users.csv": "user,age\n u,3\nv ,4\n"])
    #expect(found.account.trimmedIds == 2 && found.values(.users, "age") == ["3", "4"])
  }

  @Test func fewUsersWithBothParts() throws {
    let rows = (0..<30).map { "u\($0),a,1,\($0)\n" }.joined()
    let found = try TableResult(
      "log: {files: log.csv}\nlabel: label\nsplit: {time: 20}\n",
      ["log.csv": "user,item,label,timestamp\n" + rows + "u3,b,0,40\n"])
    #expect(
      found.account.warnings.contains { if case .fewHaveBoth(1, 30, _, _) = $0 { true } else { false } })
  }
}
