import Dist
import IO
import Plan

extension Inputs {
  /// A run's summary as soon as it has its cloud model, `cloud`; `training` says how that was trained.
  package func summary(
    of cloud: CloudModel, _ training: RunSummary.CloudTraining, in session: Session
  ) -> RunSummary {
    RunSummary(
      job: job.name,
      dataset: RunSummary.DatasetCounts(
        name: datasetName, users: dataset.users.count, items: dataset.items.count,
        categories: dataset.categories?.names.count ?? 0, events: dataset.events.count,
        trainUsers: dataset.trainedUsers, trainSamples: dataset.train.count,
        testSamples: dataset.test.count, digest: datasetDigest),
      model: job.model.name, globalCTR: dataset.globalCTR, ranks: session.communicator.size,
      settings: Dictionary(uniqueKeysWithValues: job.settingsInForce.map { ($0.name, $0.value) }),
      cloudTraining: training,
      memory: estimate.map {
        RunSummary.Memory(
          estimatedPerRank: $0.rankBytes(leader: false),
          estimatedOfRankZero: $0.rankBytes(leader: true, spilled: spilledOutcomes != nil))
      },
      digest: RunSummary.Digest(checkpoint: cloud.digest))
  }
}
