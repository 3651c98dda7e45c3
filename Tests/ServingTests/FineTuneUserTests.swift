import IO
import Import
import LCFT
import Models
import Serving
import Support
import TestSupport
import Testing

@Suite struct FineTuneUserTests {
  /// A device that has the user's samples and events, and nothing else of the data set, makes the models that the
  /// fine-tuning of all users makes, and scores with the same bits.
  @Test(arguments: ModelRegistry.names)
  func sameBitsAsAllUsersFineTuning(_ model: String) throws {
    let example = try ServedExample(model)
    var kept: [Int32: PersonalModels.User] = [:]
    let stored = try example.stored { kept[$0.row] = $0 }
    for user in [2, 4, 6] {
      let (train, test) = (example.dataset.train.rows(ofUser: user), example.dataset.test.rows(ofUser: user))
      let scores = example.folder.file("scores-\(user).h5")
      var options = try options(example, user, output: "own-\(user).h5")
      options.score = try example.folder.write(
        example.lines(\.test, test, users: false), to: "candidates.csv")
      options.scores = scores
      let account = try FineTuneUser(options).run().joined(separator: "\n")
      #expect(account.contains("\(train.count) rows read, \(train.count) used"))
      let predictions = try PredictionsFile.read(scores)
      for (method, logits) in zip(example.methods, stored) {
        #expect(predictions.logits(method.rawValue) == Array(logits[test]), "\(method) of \(user)")
      }
      let reader = try PersonalModelsFile.Reader(options.output)
      let (found, wanted) = (try #require(try reader.user(row: Int32(user))), try #require(kept[Int32(user)]))
      #expect(found == wanted)
      #expect(reader.ids?[0] == "user-\(user)")
    }
  }

  private func options(_ example: ServedExample, _ user: Int, output: String) throws -> FineTuneUser.Options {
    let train = example.dataset.train.rows(ofUser: user)
    var options = FineTuneUser.Options(
      checkpoint: example.checkpoint, user: "user-\(user)",
      samples: try example.folder.write(
        example.lines(\.train, train, users: false, label: true), to: "samples.csv"),
      output: example.folder.file(output))
    options.history = try example.folder.write(example.history(ofUser: user), to: "history.csv")
    options.onlyHistory = true
    options.methods = example.methods
    options.labels = example.labels
    return options
  }

  /// A model whose weights are no numbers is not written, and `predict` scores by the cloud model in its place.
  @Test func divergedModelsAreNotServed() throws {
    let example = try ServedExample("DIN", methods: [.cloud, .local])
    var own = try options(example, 4, output: "own.h5")
    let settings = "epochs: 2, batch_size: 7, learning_rate: 0.002"
    try #require(example.job.text.contains(settings))
    let far = try example.folder.write(
      example.job.text.replacing(settings, with: "epochs: 200, batch_size: 1, learning_rate: 1000"),
      to: "far.yaml")
    own.job = far
    let error = #expect(throws: ServingError.diverged(method: "local")) { try FineTuneUser(own).run() }
    #expect("\(try #require(error))".contains("learning_rate"))
    #expect(FileStatus.State(own.output) == nil)
    own.methods = [.cloud]
    #expect(throws: ServingError.nothingOfUser) { try FineTuneUser(own) }

    let test = example.dataset.test.rows(ofUser: 4)
    try example.folder.write(example.lines(\.test, test), to: "pairs.csv")
    let scores = try example.predict {
      $0.data = example.data
      $0.methods = example.methods
      $0.job = far
    }
    #expect(scores.logits("local") == scores.logits("cloud") && scores.logits("cloud").allSatisfy(\.isFinite))
  }

  /// A file of several users' rows is read as one of the user's own.
  @Test func rowsOfOthersAreLeftOut() throws {
    let example = try ServedExample("DIN")
    let alone = try options(example, 4, output: "alone.h5")
    _ = try FineTuneUser(alone).run()
    var among = try options(example, 4, output: "among.h5")
    among.samples = try example.folder.write(
      example.lines(\.train, 0..<example.dataset.train.count, users: true, label: true), to: "all.csv")
    let own = example.dataset.train.rows(ofUser: 4).count
    let account = try FineTuneUser(among).run().joined(separator: "\n")
    #expect(account.contains("\(example.dataset.train.count - own): of another user"))
    #expect(
      try PersonalModelsFile.Reader(among.output).user(row: 4)
        == PersonalModelsFile.Reader(alone.output).user(row: 4))
    among.user = "nobody"
    #expect(throws: (any Error).self) { try FineTuneUser(among) }
  }

  /// A column of users of any name can be given; a column that is not used and names the user is told; a session is no user.
  @Test func theColumnOfUsers() throws {
    let example = try ServedExample("DIN")
    func account(_ header: String, _ change: (inout FineTuneUser.Options) -> Void = { _ in }) throws -> String
    {
      let rows = ["user-2,item-1,10,1", "other,item-2,20,0", "user-2,item-5,30,1"]
      var options = FineTuneUser.Options(
        checkpoint: example.checkpoint, user: "user-2",
        samples: try example.folder.write(
          ([header + ",item,time,label"] + rows).joined(separator: "\n") + "\n", to: "samples.csv"),
        output: example.folder.file("own-\(UInt32.random(in: 0 ... .max)).h5"))
      options.methods = [.local]
      change(&options)
      return try FineTuneUser(options).run().joined(separator: "\n")
    }
    let unknown = try account("Kunde")
    #expect(unknown.contains("3 rows read, 3 used"))
    #expect(unknown.contains("though the column Kunde has that user in 2 of 3 rows: --user-column"))
    #expect(try account("Kunde") { $0.columns.user.name = "Kunde" }.contains("1 of 3 rows left out, 2 used"))
    #expect(try account("session_id").contains("3 rows read, 3 used"))
    #expect(try account("user").contains("1 of 3 rows left out, 2 used"))
    let refusal = #expect(throws: ImportError.self) {
      try account("Kunde") { $0.columns.user.name = "Konto" }
    }
    #expect("\(try #require(refusal))".contains("no column Konto"))
    let nobody = #expect(throws: ImportError.self) { try account("user") { $0.user = "nobody" } }
    #expect("\(try #require(nobody))".contains("or another --user-column"))
  }

  /// A history whose label has an unknown name is no list of clicks.
  @Test func aLabelThatNobodyReads() throws {
    let example = try ServedExample("DIN")
    var options = try options(example, 4, output: "own.h5")
    options.history = try example.folder.write("item,time,is_click\nitem-1,1,0\n", to: "history.csv")
    let file = try #require(options.history)
    #expect(throws: ImportError.unreadLabel(file: file, column: "is_click")) { try FineTuneUser(options) }
    try example.folder.write("item,time\nitem-1,1\n", to: "history.csv")
    _ = try FineTuneUser(options)
  }

  /// The models of a new user, who has no row, are that user's alone, and `predict` scores by them.
  @Test func newUser() throws {
    let example = try ServedExample("DIN")
    var options = try options(example, 4, output: "own.h5")
    options.user = "newcomer"
    options.score = try example.folder.write("item\nitem-3\nitem-new\n", to: "candidates.csv")
    options.scores = example.folder.file("scores.h5")
    let account = try FineTuneUser(options).run()
    #expect(account.contains { $0.contains("newcomer: new, begins as an unknown user") })
    let scores = try PredictionsFile.read(example.folder.file("scores.h5"))
    #expect(scores.logits("soft1") != scores.logits("cloud"))
    try example.folder.write(
      "user,item\nnewcomer,item-3\nstranger,item-3\nuser-2,item-3\n", to: "pairs.csv")
    let served = try example.predict {
      $0.models = options.output
      $0.methods = [.cloud, .soft1]
    }
    let (cloud, own) = (served.logits("cloud"), served.logits("soft1"))
    #expect(own[0] != cloud[0] && own[1] == cloud[1] && own[2] == cloud[2])
  }

  /// Samples are the history, in the order of their times whatever that of the lines; a known local CTR counts instead of
  /// theirs; drawn negatives are no events.
  @Test func samplesAreTheHistory() throws {
    let example = try ServedExample("DIN")
    func scores(_ lines: [String], _ change: (inout FineTuneUser.Options) -> Void = { _ in }) throws
      -> [Float]
    {
      let folder = example.folder
      var options = FineTuneUser.Options(
        checkpoint: example.checkpoint, user: "user-2",
        samples: try folder.write(lines.joined(separator: "\n") + "\n", to: "samples.csv"),
        output: folder.file("own-\(UInt32.random(in: 0 ... .max)).h5"))
      options.methods = [.cloud, .soft1]
      options.score = try folder.write("item\nitem-3\n", to: "candidates.csv")
      options.scores = options.output + ".csv.h5"
      change(&options)
      _ = try FineTuneUser(options).run()
      return try PredictionsFile.read(options.scores!).rows.map(\.logit)
    }
    let header = "item,time,label"
    let lines = ["item-1,10,1", "item-2,20,0", "item-5,30,1"]
    let sorted = try scores([header] + lines)
    // Parts of a second order rows, too.
    let parts = ["item-1,10.125,1", "item-2,10.25,0", "item-5,10.5,1"]
    #expect(try scores([header] + parts.reversed()) == scores([header] + parts))
    #expect(try scores([header] + lines.reversed()) == sorted)
    #expect(try scores([header] + lines) { $0.localCTR = 0.9 }[1] != sorted[1])
    #expect(try scores([header] + lines) { $0.localCTR = 0.9 }[0] == sorted[0])
    // Another history of the candidate: one event less.
    let drawn = try scores([header + ",drawn", lines[0] + ",0", lines[1] + ",1", lines[2] + ",0"])
    #expect(drawn[0] != sorted[0])
  }
}
