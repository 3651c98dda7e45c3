import Dist
import IO
import LCFT
import Models
import Serving
import Support
import TestSupport
import Testing

@Suite struct PredictTests {
  /// The data set's own test samples, as a table, have the scores that the fine-tuning stores, to the bit: by the cloud
  /// model, users' saved models, and models fine-tuned on the way; without the data set's samples no user has a model.
  @Test(arguments: ModelRegistry.names)
  func testSamplesHaveTheStoredScores(_ model: String) throws {
    let example = try ServedExample(model)
    var kept: [PersonalModels.User] = []
    let stored = try example.stored { kept.append($0) }
    let all = example.dataset.test.count
    try example.folder.write(example.lines(\.test, 0..<all), to: "pairs.csv")
    let fineTuned = try example.predict {
      $0.data = example.data
      $0.methods = example.methods
      $0.labels = example.labels
    }
    #expect(fineTuned.rows.count == example.methods.count * all)
    // Users without training samples are scored by the cloud model.
    let expected = stored.map { logits in zip(logits, stored[0]).map { $0.isNaN ? $1 : $0 } }
    for (method, logits) in zip(example.methods, expected) {
      #expect(fineTuned.logits(method.rawValue) == logits, "\(method)")
    }
    #expect(fineTuned.logits("local") != fineTuned.logits("cloud"))

    try save(kept, of: example)
    let saved = try example.predict {
      $0.data = example.data
      $0.models = example.folder.file("models.h5")
    }
    #expect(saved.methods == ["local", "soft1", "soft2", "hard", "balanced1", "proximal", "averaged"])
    for (method, logits) in zip(example.methods, expected).dropFirst() {
      #expect(saved.logits(method.rawValue) == logits, "saved \(method)")
    }
  }

  /// Files that are found beside the checkpoint are not replaced, as those that options name.
  @Test(arguments: ["catalogue.h5", "models-rank-0.h5", "labels.h5"])
  func filesOfTheRunAreKept(_ name: String) throws {
    let example = try ServedExample("LR")
    try example.folder.write(example.lines(\.test, 0..<3), to: "pairs.csv")
    if name != "catalogue.h5" { try example.folder.write("another program's", to: name) }
    let before = try example.folder.bytes(name)
    let refusal = #expect(throws: (any Error).self) {
      _ = try example.predict {
        $0.output = example.folder.file(name)
        $0.overwrites = true
      }
    }
    #expect("\(try #require(refusal))".contains("is the same file as the input"))
    #expect(try example.folder.bytes(name) == before)
  }

  /// What comes from all users' training samples needs the data set, and is then what the fine-tuning stores.
  @Test func methodsOfAllSamples() throws {
    let example = try ServedExample(
      "PNN", methods: [.cloud, .popularity, .cloudWithoutUser, .shrunkenSoft1, .shrunkenBalanced2])
    let stored = try example.stored()
    let all = example.dataset.test.count
    try example.folder.write(example.lines(\.test, 0..<all), to: "pairs.csv")
    let scores = try example.predict {
      $0.data = example.data
      $0.methods = example.methods
    }
    for (method, logits) in zip(example.methods, stored) {
      for (found, wanted) in zip(scores.logits(method.rawValue), logits) where !wanted.isNaN {
        #expect(found == wanted, "\(method)")
      }
    }
    #expect(scores.logits("popularity") != scores.logits("cloud"))
    let alone = try example.predict { $0.methods = [.cloudWithoutUser, .cloud] }
    #expect(alone.logits("cloud_without_user") != alone.logits("cloud"))
    let refusal = #expect(throws: (any Error).self) { try example.predict { $0.methods = [.popularity] } }
    #expect(refusal.map { "\($0)".contains("use lcft predict with --data") } == true)
    for method in [Method.popularity, .shrunkenSoft1] {
      var options = FineTuneUser.Options(
        checkpoint: example.checkpoint, user: "user-2", samples: example.folder.file("samples.csv"),
        output: example.folder.file("own.h5"))
      options.methods = [.local, method]
      #expect(throws: ServingError.needsAllSamples(method: method.rawValue)) { try FineTuneUser(options) }
    }
  }

  private func save(_ users: [PersonalModels.User], of example: ServedExample) throws {
    let layout = example.weights.layout
    let header = try CheckpointFile.readOutline(example.checkpoint)
    try PersonalModelsFile.write(
      PersonalModels(
        model: example.job.model.name, methods: example.methods.filter(\.fineTunes).map(\.rawValue),
        denseCount: layout.parameterCount,
        tables: layout.tables.map { PersonalModels.Table(name: $0.name, width: $0.width) },
        job: example.job.text, datasetDigest: header.datasetDigest,
        checkpointDigest: try #require(try FileHeader.read(example.checkpoint).contentDigest),
        findings: example.job.findings), to: example.folder.file("models.h5")
    ) { writer in for user in users { try writer.append(user) } }
  }

  /// A ranking is a stable sort of the scores, of a user's pairs or of all items.
  @Test func ranking() throws {
    let example = try ServedExample("DIN")
    try example.folder.write(example.lines(\.test, 0..<example.dataset.test.count), to: "pairs.csv")
    let scores = try example.predict { $0.data = example.data }
    let ranked = try example.predict {
      $0.data = example.data
      $0.top = 3
    }
    #expect(ranked.isRanked && !scores.isRanked)
    for user in 0..<Int32(ranked.users.count) {
      let own = scores.rows.filter { $0.user == user }
      let order = own.indices.sorted { (-own[$0].logit, $0) < (-own[$1].logit, $1) }
      let best = ranked.rows.filter { $0.user == user }
      #expect(best.map(\.logit) == order.prefix(3).map { own[$0].logit })
      #expect(best.map(\.rank) == Array(1...3))
    }
    // All items, at a time: the same scores as those of pairs with each of them.
    let user = 3
    let items = (0..<example.dataset.items.count).map { example.dataset.items.id[$0] }
    try example.folder.write("user,time\nuser-\(user),155\n", to: "users.csv")
    try example.folder.write(
      "user,item,time\n" + items.map { "user-\(user),\($0),155\n" }.joined(), to: "pairs.csv")
    let pairs = try example.predict { $0.data = example.data }
    let whole = try example.predict {
      $0.data = example.data
      $0.pairs = example.folder.file("users.csv")
      $0.allItems = true
    }
    #expect(whole.rows.map(\.logit) == pairs.rows.map(\.logit))
    #expect(Set(whole.rows.map(\.logit)).count > 10)
    let top = try example.predict {
      $0.data = example.data
      $0.pairs = example.folder.file("users.csv")
      $0.allItems = true
      $0.top = 5
    }
    #expect(top.rows.map(\.logit) == Array(pairs.rows.map(\.logit).sorted(by: >).prefix(5)))
  }

  /// New users, items and values are scored as unknown ones: all alike, whatever stands beside them.
  @Test(arguments: ModelRegistry.names)
  func unknownNames(_ model: String) throws {
    let example = try ServedExample(model)
    try example.folder.write(
      """
      user,item,time,place,price,screen
      user-3,item-4,95,place-1,2,1|2
      someone,item-4,95,place-1,2,1|2
      user-3,item-x,95,place-1,2,1|2
      user-3,item-y,95,place-1,2,1|2
      else,item-4,95,place-1,2,1|2
      user-3,item-4,95,elsewhere,2,1|2
      user-3,item-4,95,,2,1|2

      """, to: "pairs.csv")
    var options = Predict.Options(
      checkpoint: example.checkpoint, pairs: example.folder.file("pairs.csv"),
      output: example.folder.file("scores.csv"))
    options.data = example.data
    let account = try Predict(options, SoloCommunicator()).run().joined(separator: "\n")
    #expect(account.contains("users       3: 1 known, 2 new, which take the row of unknown users"))
    #expect(account.contains("items       3: 1 known, 2 new, which take the row of unknown items"))
    #expect(account.contains("values      place: 1 value not known"))
    let scores = try example.predict { $0.data = example.data }.rows.map(\.logit)
    #expect(!scores.contains { !$0.isFinite })
    // Two new users and two new items are alike; a value without a row is a missing one.
    #expect(scores[1] == scores[4] && scores[2] == scores[3] && scores[5] == scores[6])
    #expect(Set([scores[0], scores[1], scores[2]]).count == 3)
    // A known pair has the same score without them.
    try example.folder.write(
      "user,item,time,place,price,screen\nuser-3,item-4,95,place-1,2,1|2\n", to: "pairs.csv")
    #expect(try example.predict { $0.data = example.data }.rows.map(\.logit) == [scores[0]])
  }

  /// Histories are those of the data set; without it they are empty, and the catalogue is enough.
  @Test func histories() throws {
    let example = try ServedExample("DIN")
    try example.folder.write("user,item\nuser-3,item-4\n", to: "pairs.csv")
    let (with, without) = (
      try example.predict { $0.data = example.data }, try example.predict { _ in }
    )
    #expect(with.rows[0].logit != without.rows[0].logit)
    #expect(!with.hasTimes)
    // Before the first event there is no history either.
    try example.folder.write("user,item,time\nuser-3,item-4,1\n", to: "pairs.csv")
    #expect(try example.predict { $0.data = example.data }.rows[0].logit == without.rows[0].logit)
    // No time is after the last event.
    try example.folder.write("user,item,time\nuser-3,item-4,999999\n", to: "pairs.csv")
    #expect(try example.predict { $0.data = example.data }.rows[0].logit == with.rows[0].logit)
  }

  /// What does not fit is refused before any work, and nothing is written.
  @Test func refusals() throws {
    let example = try ServedExample("LR")
    let other = try ServedExample("LR")
    try example.folder.write("user,item\nuser-3,item-4\n", to: "pairs.csv")
    try example.folder.write("user,product\nuser-3,item-4\n", to: "other.csv")
    var changed = other.dataset
    changed.items.id = StringColumn((0..<changed.items.count).map { "thing-\($0)" })
    try CatalogueFile.write(
      Catalogue(of: changed, digest: "ab12"), to: example.folder.file("other-catalogue.h5"))
    try DatasetFile.write(changed, to: example.folder.file("other.h5"))
    let before = try example.folder.names()
    func refusal(_ change: (inout Predict.Options) -> Void) -> String {
      var options = Predict.Options(
        checkpoint: example.checkpoint, pairs: example.folder.file("pairs.csv"),
        output: example.folder.file("scores.csv"))
      change(&options)
      do {
        _ = try Predict(options, SoloCommunicator())
        return "none"
      } catch { return StandardError.line(error) }
    }
    #expect(refusal { $0.pairs = example.folder.file("other.csv") }.contains("item"))
    #expect(refusal { $0.pairs = example.folder.file("nothing.csv") }.contains("cannot be opened"))
    #expect(
      refusal { $0.catalogue = example.folder.file("other-catalogue.h5") }.contains("is not the catalogue"))
    #expect(refusal { $0.data = example.folder.file("other.h5") }.contains("was trained on another data set"))
    #expect(refusal { $0.methods = [.soft1] }.contains("--models FILE, or --data FILE"))
    #expect(refusal { $0.methods = [.grouped] }.contains("needs --data"))
    #expect(refusal { $0.output = example.folder.file("scores.txt") }.contains("must end in .csv or .h5"))
    #expect(refusal { $0.output = example.folder.file("no/scores.csv") }.contains("is not there"))
    #expect(refusal { $0.output = example.folder.file("pairs.csv") }.contains("same file as the input"))
    #expect(refusal { $0.checkpoint = example.data }.contains("lcft-checkpoint expected"))
    #expect(refusal { _ in } == "none")
    #expect(try example.folder.names() == before)
  }
}
