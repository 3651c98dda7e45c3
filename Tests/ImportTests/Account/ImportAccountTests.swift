import IO
import Import
import Support
import TestSupport
import Testing

/// What an import says of every row.
@Suite struct ImportAccountTests {
  private func run(
    _ text: String, items: String? = nil, skips: Bool = false,
    _ change: (inout CSVImport.Options) -> Void = { _ in }
  ) throws -> (dataset: Dataset, account: ImportAccount) {
    let directory = try FileTestFolder()
    var options = CSVImport.Options(
      interactions: try directory.write(text, to: "log.csv"),
      items: try items.map { try directory.write($0, to: "items.csv") }, split: .fraction(0.5), seed: 1,
      malformed: skips ? .skip : .fail)
    change(&options)
    let log = EventLog()
    let dataset = try CSVImport.run(options) { log.events.append($0) }
    return (dataset, try #require(log.account))
  }

  @Test func skippedLinesAreCountedByReason() throws {
    // Half of 40 lines have no time, and one line is short.
    let rows = (0..<40).map { "U\($0 % 4),I\($0 % 7),\($0 % 2 == 0 ? "\(1_300_000_000 + $0)" : "soon")" }
    let (dataset, account) = try run(
      "user,item,timestamp\n" + rows.joined(separator: "\n") + "\nU0,I0\n", skips: true)
    let log = account.files[0]
    #expect(log.rows == 41 && log.usedRows == 20 && log.leftOutRows == 21)
    #expect(log.leftOut.map(\.count) == [20, 1])
    #expect(log.leftOut.map(\.line) == [3, 42])
    #expect(log.leftOut[0].what == "timestamp is neither a number nor a date")
    #expect(log.leftOut[0].example == #"timestamp "soon" is neither a number nor a date"#)
    let total = try #require(account.lines.first)
    #expect(total.hasSuffix("log.csv: 21 of 41 rows left out, 20 used"))
    // The file keeps what is printed.
    let kept = dataset.provenance.settings.filter { $0.key.hasPrefix("account_") }.sorted { $0.key < $1.key }
    #expect(kept.map(\.value) == account.lines + account.warnings.map { "warning: \($0)" })
    let record = try #require(dataset.provenance.record)
    #expect(record.files.map(\.rows) == [41] && record.files.map(\.used) == [20])
    #expect(record.files[0].sha256 == dataset.provenance.sources[0].sha256)
    #expect(record.rows.map(\.reason) == log.leftOut.map(\.what) && record.rows.map(\.count) == [20, 1])
    #expect(record.rows.map(\.line) == [3, 42] && record.rows[0].example == log.leftOut[0].example)
    #expect(record.fields.map(\.name) == ["user", "item", "timestamp"])
    #expect(
      account.warnings.contains {
        if case .mostlyLeftOut(_, 21, 41, _, _) = $0 { true } else { false }
      })
  }

  @Test func aDamagedFileHasFewKindsOfReason() throws {
    let rows = (0..<40).map { "u,a,\($0),\(String(repeating: "x,", count: $0))\n" }.joined()
    let (_, account) = try run(
      "user,item,timestamp\nu,a,1\nu,b,2\n" + rows, skips: true)
    #expect(account.files[0].leftOut.count <= RowAccount.kinds + 1)
    #expect(account.files[0].leftOutRows == 40)
  }

  @Test func identifiersAreTrimmedAndCounted() throws {
    let (dataset, account) = try run(
      "timestamp,user,item\n100,U1,a\n200, U1,b\n300,U1 ,c\n400,U1,d \n500,\u{A0}U1\u{A0},\ta\n600 ,U1, e\n",
      items: "item,category\n a,x \n\"b \",x\n")
    #expect((0..<dataset.users.count).map { dataset.users.id[$0] } == ["U1"])
    #expect(dataset.itemLines == ["a: x", "b: x", "c:", "d:", "e:"])
    #expect(account.trimmedIds == 8)
    #expect(account.lines.contains { $0.contains("8 had spaces around them") })
  }

  @Test func trimmingHoldsForEveryImporter() throws {
    let directory = try FileTestFolder()
    let ratings = try directory.write("userId,movieId,rating,timestamp\n1,2,4,5\n 1,2 ,4,6\n", to: "r")
    let movies = try directory.write("movieId,title,genres\n 2,x,Drama\n", to: "m")
    let movieLens = try MovieLensImport.run(
      MovieLensImport.Options(ratings: ratings, movies: movies, split: .fraction(0.5), seed: 1))
    #expect(movieLens.users.count == 1 && movieLens.itemLines == ["2: Drama"])
    var taobao = TaobaoImport.Options(
      .userBehavior(try directory.write("7,1,3,pv,1511600000\n 7,1,3 ,pv,1511600001\n", to: "t")))
    taobao.minimumTrainingSamples = nil
    let behaviour = try TaobaoImport.run(taobao)
    #expect(behaviour.users.count == 1 && behaviour.itemLines == ["1: 3"])
    let reviews = try directory.write(
      #"{"reviewerID": "U", "asin": "A", "unixReviewTime": 1}"# + "\n"
        + #"{"reviewerID": "U ", "asin": " A", "unixReviewTime": 2}"# + "\n"
        + #"{"reviewerID": "U", "asin": "B", "unixReviewTime": 3}"#, to: "a")
    let amazon = try AmazonImport.run(
      AmazonImport.Options(
        reviews: reviews, metadata: try directory.write(#"{"asin": "A ", "categories": [["x"]]}"#, to: "am"),
        split: .fraction(0.5), seed: 1, negatives: NegativeSampling(ratios: 0...0, ownItems: .asNegatives)))
    #expect(amazon.users.count == 1 && amazon.itemLines == ["A: x", "B:"])
  }

  @Test func repeatsColumnsAndPartsAreCounted() throws {
    let (_, account) = try run(
      """
      user,item,timestamp,label,device,
      u,a,1,1,x,0
      u,a,1,1,x,1
      u,b,1,0,x,2
      u,a,1,0,x,3
      u,b,9,0,x,4
      v,a,1,0,x,5
      """, items: "item,category\na,c\nz,c\n")
    #expect(account.repeats == 2)
    let log = account.files[0]
    #expect(
      log.usedColumns == ["user", "item", "timestamp", "label"] && log.unusedColumns == ["device", ""])
    #expect(account.lines.contains { $0.hasSuffix("not used: device, (no name)") })
    #expect(account.labelSource == "label")
    #expect(account.labelled.samples == 6 && account.labelled.positives == 2)
    #expect(account.users.all == 2 && account.users.withBoth == 1)
    #expect(account.users.withoutTraining == 0 && account.users.withoutTest == 1)
    #expect(account.items == 2 && account.itemsWithoutMetadata == 1)
    #expect(account.times == 1...9)
    #expect(account.files[1].leftOut.map(\.what) == ["the item is not in the log"])
    #expect(account.negatives == nil)
  }

  /// Every user is in one group, and a reason that says all is said once.
  @Test func groupsOfUsersAddUp() throws {
    let (_, account) = try run(
      "user,item,timestamp\na,i,1\na,j,2\na,k,3\na,l,4\nb,i,1\nc,i,1\nc,j,2\n,j,5\n", skips: true)
    let users = account.users
    #expect(users.withoutSamples == 1)
    #expect(users.withBoth + users.withoutTraining + users.withoutTest + users.withoutSamples == users.all)
    #expect(account.lines.contains { $0.hasSuffix("1 without samples") })
    #expect(account.lines.contains { $0.hasSuffix("1: user is empty (first in line 9)") })
  }

  /// One column cannot be two things.
  @Test func oneColumnInTwoRoles() throws {
    let error = #expect(throws: ImportError.self) {
      try run("user,item,timestamp,label\nu,1,1,1\n") { $0.columns.time = "item" }
    }
    #expect("\(try #require(error))".contains("column item cannot be the item and the time"))
  }

  @Test func aBadCategoryCostsThatCategory() throws {
    let long = String(repeating: "x", count: 300)
    let (dataset, account) = try run(
      "user,item,timestamp\nu,a,1\nu,b,2\nv,c,1\n",
      items: "item,category,categories\na,\(long),r|s\nb,t,r|\(long)\n")
    #expect(dataset.itemLines == ["a: r s", "b: r t", "c:"])
    #expect(account.files[1].lostValues.map(\.count) == [2])
    #expect(account.files[1].leftOutRows == 0)
  }

  @Test func fractionsOfSecondsAreCutOff() throws {
    let (dataset, account) = try run(
      "user,item,timestamp,label\nu,a,1593878903.438,1\nu,b,1593878904.0,0.0\nu,c,1593878903.9,TRUE\n")
    #expect(
      dataset.lines == ["u: a@1593878903=1 c@1593878903=1 b@1593878904=0 | a#0=1 c#0=1 | b#2=0"])
    #expect(account.fractionalTimes == 2)
    #expect(account.lines.contains { $0.contains("2 have a fraction of a second: rows are in its order") })
  }
}
