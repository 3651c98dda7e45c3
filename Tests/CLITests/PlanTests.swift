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
    let fits = try plan(folder, "--ranks", "2", "--hosts", "2", "--memory", "64G")
    #expect(fits.output.contains("hosts of 64 GB and 1 rank: the job fits on 1 and more"), "\(fits.output)")
    let small = try plan(folder, "--ranks", "2", "--hosts", "2", "--memory", "64M")
    #expect(small.output.contains("not enough, however many: one needs at least"), "\(small.output)")
    #expect(one.output.contains("0 B sent per host and step"))
    // The command watches its own computing by a timer, which must not blur what a step takes.
    #expect(!one.output.contains(": 0.00 us computing"), "\(one.output)")
    let eight = try plan(folder, "--ranks", "8", "--cores", "8")
    #expect(try seconds("fine-tuning", eight) < seconds("fine-tuning", one))
    // As if there were many more users and items: more steps and more users, each taking as long.
    let larger = try plan(
      folder, "--ranks", "1", "--cores", "8", "--users", "100000", "--items", "50000")
    #expect(larger.output.contains("for 100000 users, 50000 items"), "\(larger.output)")
    #expect(try seconds("fine-tuning", larger) > 20 * seconds("fine-tuning", one))
    #expect(try seconds("training", larger) > 20 * seconds("training", one))
    let none = try Command.lcft(
      ["plan", "--job", folder.file("job.yaml"), "--data", folder.file("data.h5"), "--ranks", "1"]
        + ["--users", "0"])
    #expect(none.status != 0 && none.errors.contains("from 1 to 2147483647 users"))
    // A slow link shows; ranks that take turns on a core do as well.
    let slow = try plan(
      folder, "--ranks", "8", "--hosts", "2", "--cores", "4", "--latency", "10ms", "--bandwidth", "1Mbit")
    #expect(try seconds("training", slow) > 10 * seconds("training", eight))
    let turns = try plan(folder, "--ranks", "8", "--cores", "1")
    #expect(try seconds("fine-tuning", turns) > 3 * seconds("fine-tuning", eight))
    let part = try plan(folder, "--ranks", "1", "--cores", "0.1")
    #expect(try seconds("fine-tuning", part) > 3 * seconds("fine-tuning", one))
    #expect(part.output.contains("1 rank, 1 host of 0.1 cores"), "\(part.output)")
    let nothing = try Command.lcft(
      ["plan", "--job", folder.file("job.yaml"), "--data", folder.file("data.h5"), "--ranks", "1"]
        + ["--cores", "0"])
    #expect(nothing.status != 0 && nothing.errors.contains("cores greater than zero"))
    #expect(slow.output.contains("8 ranks, 2 hosts of 4 cores, latency 10"))
    #expect(slow.output.contains("memory: ") && slow.output.contains("disk: checkpoints "))
    try RefusalTests.refused(
      ["plan", "--job", folder.file("job.yaml"), "--data", folder.file("data.h5"), "--ranks", "9"], "8", "9",
      "shards")
    // Searches that the run makes by itself.
    let hard = try plan(folder, "--ranks", "1", "--methods", "cloud,hard")
    #expect(try seconds("search of labels", hard) > 0 && !hard.output.contains("search of settings"))
    try folder.write(WholePathTests.job + "\n  settings: searched\n", to: "searched.yaml")
    let searched = try Command.lcft(
      ["plan", "--job", folder.file("searched.yaml"), "--data", folder.file("data.h5"), "--ranks", "1"])
    #expect(try seconds("search of settings", searched) > 0)
    #expect(try seconds("total", searched) > seconds("search of settings", searched))
    let wrong = try Command.lcft(
      ["plan", "--job", folder.file("job.yaml"), "--data", folder.file("data.h5"), "--ranks", "2"]
        + ["--bandwidth", "1 parsec"])
    #expect(wrong.status != 0 && wrong.errors.contains("Gbit"))
  }

  /// Messages between hosts depend on the hosts, not on their ranks, and within one host there are none. That hosts send
  /// exactly what is estimated is checked between hosts, by Tests/exchange.sh.
  @Test func messagesGrowWithHosts() throws {
    let folder = try WholePathTests.prepared()
    func estimated(hosts: Int, ranks: Int) throws -> (messages: Double, bytes: Double) {
      let outcome = try plan(folder, "--ranks", "\(ranks)", "--hosts", "\(hosts)")
      let found = try #require(
        outcome.output.firstMatch(of: /at most ([0-9.]+) messages and ([0-9.]+) bytes from a host/))
      return (try #require(Double(found.1)), try #require(Double(found.2)))
    }
    let two = try estimated(hosts: 2, ranks: 2)
    let four = try estimated(hosts: 4, ranks: 4)
    // The rows that a host's ranks touched in common travel once.
    let shared = try estimated(hosts: 2, ranks: 8)
    #expect(shared.messages == two.messages && shared.bytes == two.bytes)
    #expect(four.messages > two.messages && four.bytes > two.bytes)
    let run = try Command.lcft(WholePathTests.arguments("train", folder, "out"), ranks: 2)
    try #require(run.status == 0, "\(run.errors)")
    let training = try #require(try WholePathTests.summary(folder, "out")["cloud_training"] as? [String: Any])
    let hosts = try #require(training["exchange"] as? [[String: Any]])
    #expect(hosts.count == 1 && hosts[0]["ranks"] as? Int == 2)
    #expect(hosts[0]["messages_per_step"] as? Double == 0 && hosts[0]["bytes_per_step"] as? Double == 0)
  }

  @Test func ping() throws {
    let outcome = try Command.lcft(["ping"], ranks: 2)
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("2 ranks on 1 host"))
    #expect(outcome.output.contains("for lcft plan: --latency "))
    try RefusalTests.refused(["ping"], "mpirun -n 2 lcft ping")
  }
}
