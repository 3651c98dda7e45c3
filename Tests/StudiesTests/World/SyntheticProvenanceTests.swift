import IO
import Studies
import TestSupport
import Testing

@Suite struct SyntheticProvenanceTests {
  private func options(actions: Bool, features: Bool = false) -> SyntheticWorld.Options {
    var options = SyntheticWorld.Options(users: 50, items: 120, categories: 11, seed: 77, drift: actions)
    options.actions = actions
    options.features = features
    options.contextFeatureSpread = features ? 0.9 : 0.7
    options.clickRate = 0.1
    options.driftSpread = 0.3 + 0.1
    options.meanTraining = 21.5
    options.activitySpread = 1 / 3.0
    return options
  }

  /// The world made again from a data set's file is the one that the data set was made from.
  @Test(arguments: [true, false], [true, false])
  func worldComesBack(actions: Bool, features: Bool) throws {
    let folder = try FileTestFolder()
    let options = options(actions: actions, features: features)
    try DatasetFile.write(try SyntheticWorld(options).dataset(), to: folder.file("world.h5"))
    let dataset = try DatasetFile.read(folder.file("world.h5"))
    let world = try SyntheticWorld(of: dataset, file: "world.h5")
    #expect(world.options == options)
    let probability = try #require(dataset.test.probability)
    let contexts = WorldContexts(dataset, part: 1)
    #expect((contexts != nil) == features)
    for user in 0..<50 {
      for row in dataset.test.rows(ofUser: user) {
        #expect(
          Float(
            world.clickProbability(
              user: world.user(user), item: Int(dataset.test.item[row]), contexts?[row] ?? .unknown))
            == probability[row])
      }
    }
  }

  @Test func otherDataIsRefused() throws {
    let dataset = try SyntheticWorld(options(actions: false)).dataset()
    func refusal(_ change: (inout Dataset) -> Void) -> SyntheticWorld.ProvenanceError? {
      var changed = dataset
      change(&changed)
      return #expect(throws: SyntheticWorld.ProvenanceError.self) {
        try SyntheticWorld(of: changed, file: "d.h5")
      }
    }
    #expect(refusal { $0.provenance.kind = "amazon" } == .notSynthetic(file: "d.h5", kind: "amazon"))
    #expect(
      refusal { $0.provenance.settings["factors"] = nil }
        == .setting(file: "d.h5", name: "factors", value: nil))
    #expect(
      refusal { $0.provenance.settings["drift"] = "perhaps" }
        == .setting(file: "d.h5", name: "drift", value: "perhaps"))
    #expect(refusal { $0.provenance.seed += 1 } == .differs(file: "d.h5"))
    #expect(refusal { $0.provenance.settings["items"] = "121" } == .differs(file: "d.h5"))
    #expect(refusal { $0.train.probability = nil } == .differs(file: "d.h5"))
  }
}
