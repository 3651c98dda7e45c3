import Foundation
import IO
import Studies

/// `ab-test.json`: a simulated test's settings and what came out, for programs.
struct ABTestSummary: Encodable {
  private let job: String
  private let model: String
  private let ranks: Int
  private let users: Int
  private let days: Int
  private let visits: Double
  private let candidates: Int
  private let shown: Int
  private let seed: UInt64
  private let test: ABTestAnalysis
  private let digest: [String: String]

  init(_ test: ABTest, _ analysis: ABTestAnalysis, job: String, ranks: Int) {
    self.job = job
    self.ranks = ranks
    self.test = analysis
    model = test.model
    users = test.users.row.count
    days = test.settings.days
    visits = test.settings.visits
    candidates = test.settings.candidates
    shown = test.settings.shown
    seed = test.settings.seed
    digest = [
      "dataset": test.datasetDigest, "checkpoint": test.checkpointDigest, "ab_test": test.contentDigest(),
    ]
  }

  func json() throws -> String {
    String(decoding: try JSONEncoder.summaries().encode(self), as: UTF8.self) + "\n"
  }
}

extension JSONEncoder {
  /// Keys sorted and in snake case.
  static func summaries() -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return encoder
  }
}
