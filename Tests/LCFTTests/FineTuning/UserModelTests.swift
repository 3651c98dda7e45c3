import IO
import LCFT
import Models
import TestSupport
import Testing

@Suite struct UserModelTests {
  /// Weights are exchanged on one gathered submodel, in any order, with the bits that a model gives that had the
  /// weights from the beginning.
  @Test(arguments: ModelRegistry.names, ["learning_rate: 0.05", "optimizer: adam, learning_rate: 0.01"])
  func exchangesWeights(_ name: String, _ optimizer: String) throws {
    let dataset = featureDataset()
    let job = try FineTuningExample.job(name, optimizer, for: dataset)
    let cloud = FineTuningExample.weights(job, dataset)
    let other = FineTuningExample.weights(job, dataset)
    other.initialize(seed: 77)
    for i in 0..<other.layout.statisticCount { other.statistics[i] += 0.125 }
    let settings = TuningSettings(job.fineTuning, labels: .plain, trained: .all)

    /// The scores before and after a fine-tuning, from each of `starts` in turn.
    func scores(_ starts: [Weights]) throws -> [[Float]] {
      let model = UserModel(job: job, dataset: dataset, weights: starts[0])
      var all: [[Float]] = []
      // Another user first, so that nothing of it may be left.
      for user in [3, 2] {
        model.begin()
        let train = dataset.trainReferences(ofUser: user, in: model.userArena)
        let test = dataset.testReferences(ofUser: user, in: model.userArena)
        model.gather(train, test)
        all.removeAll()
        for start in starts {
          model.use(start)
          var logits = [Float](repeating: 0, count: test.count)
          try model.score(test, into: &logits)
          all.append(logits)
          try model.fineTune(train, user: user, settings)
          try model.score(test, into: &logits)
          all.append(logits)
        }
      }
      return all
    }
    let ours = try scores([cloud])
    let theirs = try scores([other])
    #expect(Set(ours + theirs).count == 4)
    #expect(try scores([cloud, other, other, cloud]) == ours + theirs + theirs + ours)
  }
}
