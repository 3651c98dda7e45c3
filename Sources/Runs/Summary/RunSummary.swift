import Foundation
import IO
import LCFT

/// `summary.json`: what a run did and what came out, for programs.
package struct RunSummary: Encodable, Sendable {
  package struct DatasetCounts: Encodable, Sendable {
    /// The file's name without folder and extension.
    package var name: String
    package var users: Int
    package var items: Int
    package var categories: Int
    package var events: Int
    /// Users with training samples, and these.
    package var trainUsers: Int
    package var trainSamples: Int
    package var testSamples: Int
    package var digest: String
  }

  package struct Users: Encodable, Sendable {
    /// Users with training and test samples.
    package var evaluated: Int
    /// Of those, users whose test samples are all of one class.
    package var undefinedAUC: Int
  }

  package struct MethodScores: Encodable, Sendable {
    /// Weighted by the users' test samples (the paper's eq. 12); nil where no user has an AUC.
    package var userAUC: Double?
    package var userAUCUnweighted: Double?
    package var pooledAUC: Double?
    package var logloss: Double?
    /// The users that the user AUCs cover, and those that pooled AUC and log loss cover.
    package var aucUsers: Int
    package var scoredUsers: Int
    package var undefinedAUC: Int
    package var undefinedLabels: Int
    package var measures: Measures?
    /// Over the users that every method covers; nil where all methods cover the same users.
    package var common: CommonScores?
    /// Users whose fine-tuning diverged, among those without an AUC.
    package var diverged: Int
    /// What this method by itself would reach on all ranks if none idled: users over the mean of the ranks'
    /// seconds spent on it. nil where a resumed run found every user done.
    package var usersPerSecond: Double?
  }

  /// As `Results.CommonScores`; nil where a number is not known.
  package struct CommonScores: Encodable, Sendable {
    package var users: Int
    package var aucUsers: Int
    package var userAUC: Double?
    package var userAUCUnweighted: Double?
    package var pooledAUC: Double?
    package var logloss: Double?
    package var measures: Measures?
  }

  /// As `Results.Measures`; nil where a number is not known.
  package struct Measures: Encodable, Sendable {
    package var loglossPerUser: Double?
    package var calibration: Double?
    package var ece: Double?
    /// Nil where there are no lists of candidates.
    package var ranking: Ranking?
  }

  /// As `Results.Ranking`; NDCG and hit rate by their k.
  package struct Ranking: Encodable, Sendable {
    package var lists: Int
    package var listCandidates: Int
    package var mrr: Double?
    package var ndcg: [String: Double]
    package var hitRate: [String: Double]
  }

  /// The ranks of one host.
  package struct Host: Codable, Sendable {
    package var name: String
    package var ranks: Int
  }

  /// The cloud model's scores over users with test samples, also those without training samples.
  package struct CloudScores: Encodable, Sendable {
    package var users: Int
    package var userAUC: Double?
    package var userAUCUnweighted: Double?
    package var pooledAUC: Double?
    package var logloss: Double?
    package var undefinedAUC: Int
    package var measures: Measures?
  }

  /// As `Checkpoint.Evaluation`.
  package struct Evaluation: Codable, Sendable {
    package var epoch: Int
    package var step: Int
    package var userAUC: Double?
    package var logloss: Double?
    package var calibration: Double?

    private enum CodingKeys: String, CodingKey {
      case epoch, step, logloss, calibration
      case userAUC = "user_auc"
    }
  }

  /// Times are nil where the run took the cloud model from a checkpoint.
  package struct CloudTraining: Encodable, Sendable {
    /// Mean training loss of each epoch.
    package var loss: [Double]
    /// Of a training that went on from an earlier model.
    package var warmStart: Checkpoint.Parent?
    /// What it was trained on; nil where the run took the cloud model from a checkpoint.
    package var samples: Int?
    /// Scores on the held-out samples, where some were held out; `best` is the one of the model that was kept.
    package var validation: [Evaluation]?
    package var best: Evaluation?
    package var samplesPerSecond: Double?
    package var seconds: Double?
    package var stepsPerEpoch: Int?
    package var ranks: [RankTimes]?
    /// What went between hosts, where there are several.
    package var exchange: [HostExchange]?
  }

  /// What the ranks of a host sent to other hosts in the sums of a step, counted exactly. Where a host's ranks share no
  /// memory, what they sent to one another is in it.
  package struct HostExchange: Encodable, Sendable, Equatable {
    package var name: String
    package var ranks: Int
    package var messagesPerStep: Double
    package var bytesPerStep: Double
  }

  /// What one rank did in a part of the run.
  package struct RankTimes: Encodable, Sendable {
    /// Seconds of the part. The shares of it below add up to 1.
    package var seconds: Double
    package var computing: Double
    /// Inside MPI, other than waiting.
    package var communicating: Double
    /// Until all other ranks had come to a sum, until the next users had come, or until the last were done.
    package var waiting: Double
    /// Of cloud training.
    package var bytesSentPerStep: Double?
    package var bytesReceivedPerStep: Double?
    /// Of fine-tuning.
    package var users: Int?
    package var bytesSent: Int?
    package var bytesReceived: Int?
    /// Seconds by phase, as a timeline names them.
    package var phases: [String: Double]
  }

  package struct FineTuningTimes: Encodable, Sendable {
    package var usersPerSecond: Double
    package var seconds: Double
    package var ranks: [RankTimes]
  }

  /// Resident memory in bytes, shared memory included.
  package struct Memory: Encodable, Sendable {
    /// As it was estimated before the run, of rank 0 and of any other rank.
    package var estimatedPerRank: Int
    package var estimatedOfRankZero: Int
    /// The most that each rank had.
    package var peak: [Int]?
  }

  package struct Digest: Encodable, Sendable {
    package var checkpoint: String?
    package var results: String?
  }

  package var job: String
  package var dataset: DatasetCounts
  package var model: String
  package var globalCTR: Double
  package var ranks: Int
  /// In the order of their first ranks.
  package var hosts: [Host]?
  /// The command that wrote this, as one would type it again behind mpirun; nil where no command line was given.
  package var command: String?
  /// When the command began and when it wrote this, ISO 8601, UTC; a resumed run's earlier parts are in `progress.jsonl`.
  package var started: String?
  package var ended: String?
  package var versions: Versions?
  /// The settings that the job has, those left out in its file among them, as YAML: `training.epochs`.
  package var settings: [String: String]
  package var users: Users?
  package var methods: [String: MethodScores]?
  /// Of methods with a shrunken local CTR.
  package var localCTRPrior: BetaPrior?
  package var cloudOfUntrained: CloudScores?
  package var cloudOfAll: CloudScores?
  package var significance: [Results.Comparison]?
  package var cloudTraining: CloudTraining?
  package var finetuning: FineTuningTimes?
  package var memory: Memory?
  package var digest: Digest

  /// JSON, keys sorted and in snake case.
  package func json() throws -> Data { try JSONEncoder.summaries().encode(self) }

  /// Takes what a fine-tuning made.
  package mutating func add(_ part: FineTuning) {
    digest.results = part.resultsDigest
    users = part.users
    methods = part.methods
    localCTRPrior = part.localCTRPrior
    cloudOfUntrained = part.cloudOfUntrained
    cloudOfAll = part.cloudOfAll
    significance = part.significance
    finetuning = part.times
  }
}
