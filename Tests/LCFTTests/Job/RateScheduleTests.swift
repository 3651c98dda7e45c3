import HDF5
import LCFT
import TestSupport
import Testing

/// Learning rates against those of torch.optim.lr_scheduler (Tests/Fixtures/make_optimizer_numbers.py).
@Suite struct RateScheduleTests {
  private static func numbers(_ name: String) throws -> [Double] {
    try HDF5.File(reading: FixtureFile.path("optimizer_numbers.h5")).root().dataset("rates/\(name)")
      .array(of: Double.self)
  }

  @Test(arguments: ["steps", "linear", "cosine"], [0, 5])
  func torchsRates(_ schedule: String, _ warmup: Int) throws {
    let decay = schedule == "steps" ? "learning_rate_decay: 0.5, decay_steps: 7, " : ""
    let job = try Job.parse(
      "training: {learning_rate: 0.2, \(decay)learning_rate_schedule: \(schedule), warmup_steps: \(warmup), epochs: 3}",
      file: "job.yaml")
    let expected = try RateScheduleTests.numbers(schedule + (warmup > 0 ? "_warmup" : ""))
    #expect(expected.count == 30 && Set(expected).count > 4)
    for (done, rate) in expected.enumerated() {
      #expect(abs(job.training.rate(done: done, perEpoch: 10) - rate) < 1e-12, "step \(done)")
    }
  }

  /// The usual schedule: a factor after each epoch; a warm-up may last longer than an epoch.
  @Test func factorAfterEachEpoch() throws {
    var job = try Job.parse("training: {learning_rate: 1, learning_rate_decay: 0.1}", file: "job.yaml")
    func rates() -> [Double] { (0..<9).map { job.training.rate(done: $0, perEpoch: 3) } }
    let plain: [Double] = [1, 1, 1, 0.1, 0.1, 0.1, 0.1 * 0.1, 0.1 * 0.1, 0.1 * 0.1]
    #expect(rates() == plain)
    job.training.warmupSteps = 4
    let warm: [Double] = [0.25, 0.5, 0.75, 0.1]
    #expect(rates() == warm + plain[4...])
  }
}
