import Foundation
import Support
import TestSupport
import Testing

/// What a run says that it will need, against what it has needed: within a quarter, over rather than under.
@Suite(.serialized) struct MemoryEstimateTests {
  #if DEBUG
    static let isOptimized = false
  #else
    static let isOptimized = true
  #endif

  /// Ratings by 200 users, some of whom have many, of 1,500 items that have a vector of 500 numbers each.
  private static func ratings(in folder: FileTestFolder) throws -> String {
    var random = KeyedRandom(seed: 5)
    var log = "user,item,timestamp,rating\n"
    for user in 0..<200 {
      for time in 0..<(user < 4 ? 1200 : 60) {
        log += "u\(user),i\(random.below(1500)),\(1000 * time + user),\(1 + random.below(5))\n"
      }
    }
    var items = "item,category,tags\n"
    for item in 0..<1500 {
      let tags = (0..<500).map { _ in "0.\(random.below(999))" }.joined(separator: "|")
      items += "i\(item),c\(item % 20),\(tags)\n"
    }
    try folder.write(log, to: "ratings.csv")
    try folder.write(items, to: "items.csv")
    let schema = """
      log: {files: ratings.csv}
      label: {column: rating, at_least: 4}
      split: {fraction: 0.8}
      items:
        file: items.csv
        features:
          category: {}
          tags: {kind: vector, width: 500, list: "|"}
      """
    let data = folder.file("vectors.h5")
    let imported = try Command.lcft([
      "import", "table", "--schema", try folder.write(schema, to: "schema.yaml"), "--output", data,
    ])
    try #require(imported.status == 0, "\(imported.errors)")
    return data
  }

  private func ratios(_ job: String, _ data: String, ranks: Int?, _ folder: FileTestFolder) throws -> [Double]
  {
    let output = folder.file("out-\(UUID().uuidString)")
    let run = try Command.lcft(
      ["run", "--job", job, "--data", data, "--output", output], ranks: ranks, seconds: 300)
    try #require(run.status == 0, "\(run.errors)")
    let summary = try Data(contentsOf: URL(fileURLWithPath: "\(output)/summary.json"))
    let object = try #require(try JSONSerialization.jsonObject(with: summary) as? [String: Any])
    let memory = try #require(object["memory"] as? [String: Any])
    let peaks = try #require(memory["peak"] as? [Double])
    let rest = try #require(memory["estimated_per_rank"] as? Double)
    let first = try #require(memory["estimated_of_rank_zero"] as? Double)
    return peaks.enumerated().map { ($0 == 0 ? first : rest) / $1 }
  }

  @Test(.enabled(if: isOptimized, "without optimisation arenas check every piece, and take more"))
  func isWithinAQuarter() throws {
    let folder = try FileTestFolder()
    let world = folder.file("world.h5")
    let made = try Command.lcft(["synthesize", "--users", "2000", "--items", "1000", "--output", world])
    try #require(made.status == 0, "\(made.errors)")
    let vectors = try MemoryEstimateTests.ratings(in: folder)
    let histories = try folder.write(
      """
      model: {name: DIN, histories: [positive, negative], history_length: 100}
      training: {epochs: 1, batch_size: 256, learning_rate: 0.1}
      finetuning: {methods: [cloud, local, soft1]}
      """, to: "histories.yaml")
    let plain = try folder.write(
      "model: {name: DeepFM}\ntraining: {epochs: 1, batch_size: 256, learning_rate: 0.1}\n", to: "plain.yaml")
    for (job, data, ranks) in [
      (RepositoryFile.path("jobs/quickstart.yaml"), world, 1), (plain, vectors, 1), (histories, vectors, 1),
      (plain, vectors, 2),
    ] {
      let ratios = try ratios(job, data, ranks: ranks, folder)
      // Of several ranks one has the largest user, and the others have less.
      #expect(ratios.min() ?? 0 > 1 && ratios.min() ?? 2 < 1.25, "\(job) on \(ranks): \(ratios)")
    }
  }
}
