import Foundation
import IO

/// `summary.json`: what a run did and what came out, for programs.
public struct RunSummary: Codable, Sendable {
  public struct DatasetCounts: Codable, Sendable {
    /// The file's name without folder and extension.
    public var name: String
    public var users: Int
    public var items: Int
    public var categories: Int
    public var events: Int
    public var trainSamples: Int
    public var testSamples: Int
    public var digest: String
  }

  public struct Users: Codable, Sendable {
    /// Users with training and test samples.
    public var evaluated: Int
    /// Of those, users whose test samples are all of one class.
    public var undefinedAUC: Int
  }

  public struct MethodScores: Codable, Sendable {
    /// Weighted by the users' test samples (the paper's eq. 12); nil where no user has an AUC.
    public var userAUC: Double?
    public var userAUCUnweighted: Double?
    public var pooledAUC: Double?
    public var logloss: Double?
    public var undefinedAUC: Int
    public var undefinedLabels: Int
    /// Users whose fine-tuning diverged, among those without an AUC.
    public var diverged: Int
    /// What this method by itself would do on all ranks when none idles: users over the mean of the ranks'
    /// seconds spent on it. nil where a resumed run found every user done.
    public var usersPerSecond: Double?
  }

  /// One method against another, as `Results.Comparison`; nil where no user has an AUC under both.
  public struct Comparison: Codable, Sendable {
    public var method: String
    public var against: String
    public var users: Int
    public var difference: Double?
    public var low: Double?
    public var high: Double?
    public var up: Double?
    public var same: Double?
    public var down: Double?
  }

  /// Times are nil where the run took the cloud model from a checkpoint.
  public struct CloudTraining: Codable, Sendable {
    /// Mean training loss of each epoch.
    public var loss: [Double]
    public var samplesPerSecond: Double?
    public var seconds: Double?
    public var stepsPerEpoch: Int?
    public var ranks: [RankTimes]?
  }

  /// What one rank did in a part of the run.
  public struct RankTimes: Codable, Sendable {
    /// Seconds of the part. The shares of it below add up to 1.
    public var seconds: Double
    public var computing: Double
    /// Inside MPI, other than waiting.
    public var communicating: Double
    /// Until all other ranks had come to a sum, until the next users had come, or until the last were done.
    public var waiting: Double
    /// Of cloud training.
    public var bytesSentPerStep: Double?
    public var bytesReceivedPerStep: Double?
    /// Of fine-tuning.
    public var users: Int?
    public var bytesSent: Int?
    public var bytesReceived: Int?
    /// Seconds by phase, as a timeline names them.
    public var phases: [String: Double]
  }

  public struct FineTuningTimes: Codable, Sendable {
    public var usersPerSecond: Double
    public var seconds: Double
    public var ranks: [RankTimes]
  }

  /// Resident memory in bytes, shared memory included.
  public struct Memory: Codable, Sendable {
    /// As it was foretold before the run, of rank 0 and of any other rank.
    public var estimatedPerRank: Int
    public var estimatedOfRankZero: Int
    /// The most that each rank had.
    public var peak: [Int]?
  }

  public struct Digest: Codable, Sendable {
    public var checkpoint: String?
    public var results: String?
  }

  public var job: String
  public var dataset: DatasetCounts
  public var model: String
  public var globalCTR: Double
  public var ranks: Int
  public var users: Users?
  public var methods: [String: MethodScores]?
  public var significance: [Comparison]?
  public var cloudTraining: CloudTraining?
  public var finetuning: FineTuningTimes?
  public var memory: Memory?
  public var digest: Digest

  /// JSON, keys sorted and in snake case.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(self)
  }
}
