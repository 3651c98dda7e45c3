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
    let settings = TuningSettings(job.fineTuning, .local, labels: .plain)

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

  /// Fine-tunings that are announced share their first step, and have the bits that they have by themselves,
  /// whatever the order, the number of steps and the loss.
  @Test(arguments: ModelRegistry.names, [Loss.crossEntropy, .squaredError])
  func firstStepsAreShared(_ name: String, _ loss: Loss) throws {
    let dataset = featureDataset()
    for (batchSize, epochs) in [(7, 2), (1000, 1)] {
      var job = try FineTuningExample.job(name, "learning_rate: 0.002", for: dataset)
      job.loss = loss
      (job.fineTuning.batchSize, job.fineTuning.epochs) = (batchSize, epochs)
      let model = UserModel(
        job: job, dataset: dataset, weights: FineTuningExample.weights(job, dataset))
      var settings = [(1, 0), (0.8, 0.1), (1.2, -0.2), (0.9, 0.3), (1, 0)].map { alpha, beta in
        TuningSettings(
          job.fineTuning, .soft1, labels: CorrectedLabels(alpha: alpha, beta: beta, status: .corrected))
      }
      settings[1].labels.logitOffset = 0.5

      /// The scores after each of `settings` in turn, of which those at `announced` are announced.
      func scores(_ settings: [TuningSettings], announced: [Int]) throws -> [[Float]] {
        model.begin()
        let train = dataset.trainReferences(ofUser: 2, in: model.userArena)
        let test = dataset.testReferences(ofUser: 2, in: model.userArena)
        model.gather(train, test)
        for index in announced { model.expect(train, user: 2, settings[index]) }
        return try settings.map { settings in
          model.use(model.cloud)
          try model.fineTune(train, user: 2, settings)
          var logits = [Float](repeating: 0, count: test.count)
          try model.score(test, into: &logits)
          return logits
        }
      }
      let alone = try scores(settings, announced: [])
      #expect(Set(alone).count == 4 && alone[0] == alone[4])
      // Each has the bits that it has alone.
      #expect(try scores(settings, announced: [0, 1, 2, 4]) == alone)
      #expect(try scores(settings.reversed(), announced: [4, 1]) == alone.reversed())
      settings[1].labels.logitOffset = 0
      #expect(try scores(settings, announced: [0, 1, 2, 3, 4]) == scores(settings, announced: []))
    }
  }
}
