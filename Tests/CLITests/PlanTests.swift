import Foundation
import TestSupport
import Testing

/// What `lcft plan` foretells and `lcft ping` measures. Whether the times come true is measured by hand: other
/// programs share the machine of a test.
@Suite(.serialized) struct PlanTests {
  /// The number of seconds behind `name` in a plan.
  private func seconds(_ name: String, _ outcome: Command.Outcome) throws -> Double {
    let line = try #require(
      outcome.output.split(separator: "\n").first { $0.hasPrefix("  \(name) ") }, "\(outcome.output)")
    let words = line.dropFirst(name.count + 2).split(separator: " ")
    var total = 0.0
    var index = 0
    let units = ["us": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3600]
    while index + 1 < words.count, let value = Double(words[index]),
      let unit = units[String(words[index + 1])]
    {
      total += value * unit
      index += 2
    }
    return total
  }

  private func plan(_ folder: FileTestFolder, _ more: String...) throws -> Command.Outcome {
    let outcome = try Command.lcft(
      ["plan", "--job", folder.file("job.yaml"), "--data", folder.file("data.h5")] + more)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome
  }

  @Test func ranksAndLinks() throws {
    let folder = try WholePathTests.prepared()
    let one = try plan(folder, "--ranks", "1", "--cores", "8")
    #expect(one.output.contains("0 B sent per rank"))
    let eight = try plan(folder, "--ranks", "8", "--cores", "8")
    #expect(try seconds("fine-tuning", eight) < seconds("fine-tuning", one))
    // A slow link shows; ranks that take turns on a core do as well.
    let slow = try plan(
      folder, "--ranks", "8", "--hosts", "2", "--cores", "4", "--latency", "10ms", "--bandwidth", "1Mbit")
    #expect(try seconds("training", slow) > 10 * seconds("training", eight))
    let turns = try plan(folder, "--ranks", "8", "--cores", "1")
    #expect(try seconds("fine-tuning", turns) > 3 * seconds("fine-tuning", eight))
    #expect(slow.output.contains("8 ranks, 2 hosts of 4 cores, latency 10"))
    #expect(slow.output.contains("memory: ") && slow.output.contains("disk: checkpoints "))
    try RefusalTests.refused(
      ["plan", "--job", folder.file("job.yaml"), "--data", folder.file("data.h5"), "--ranks", "9"], "8", "9",
      "shards")
    let wrong = try Command.lcft(
      ["plan", "--job", folder.file("job.yaml"), "--data", folder.file("data.h5"), "--ranks", "2"]
        + ["--bandwidth", "1 parsec"])
    #expect(wrong.status != 0 && wrong.errors.contains("Gbit"))
  }

  /// Bytes per step come from batches as the trainer cuts them: what is foretold travels.
  @Test(arguments: [2, 4]) func foretoldBytesTravel(ranks: Int) throws {
    let folder = try FileTestFolder()
    let made = try Command.lcft([
      "synthesize", "--users", "2000", "--items", "20000", "--output", folder.file("data.h5"),
    ])
    try #require(made.status == 0, "\(made.errors)")
    try folder.write(
      "model: {name: DIN}\ntraining: {epochs: 1, batch_size: 1024, learning_rate: 0.1}\n", to: "job.yaml")
    let foretold = try plan(folder, "--ranks", "\(ranks)")
    let sent = try #require(foretold.output.firstMatch(of: /communicating, (\d+) kB sent/))
    let run = try Command.lcft(WholePathTests.arguments("train", folder, "out"), ranks: ranks)
    try #require(run.status == 0, "\(run.errors)")
    let training = try #require(try WholePathTests.summary(folder, "out")["cloud_training"] as? [String: Any])
    let times = try #require(training["ranks"] as? [[String: Any]])
    let measured = times.compactMap { $0["bytes_sent_per_step"] as? Double }.reduce(0, +) / Double(ranks)
    let ratio = 1000 * (try #require(Double(sent.1))) / measured
    #expect(ratio > 0.8 && ratio < 1.25, "foretold over measured: \(ratio)")
  }

  @Test func ping() throws {
    let outcome = try Command.lcft(["ping"], ranks: 2)
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("2 ranks on 1 host"))
    #expect(outcome.output.contains("for lcft plan: --latency "))
    try RefusalTests.refused(["ping"], "mpirun -n 2 lcft ping")
  }
}
