import IO
import LCFT
import Plan
import Support
import TestSupport
import Testing

@Suite struct ResourceEstimateTests {
  private func job(_ text: String = "") throws -> Job {
    try Job.parse("model: {name: DIN}\n\(text)", file: "test.yaml")
  }

  private let sizes = DatasetSizes(
    users: 200_000, items: 60_000, categories: 800, events: 2_000_000, trainSamples: 4_400_000,
    testSamples: 1_800_000, largestUser: LargestUser(events: 500, trainSamples: 1000, testSamples: 400))

  private func bytes(_ job: Job, ranks: Int, _ work: PlannedWork = [.training, .fineTuning]) -> Int {
    ResourceEstimate(job: job, sizes: sizes, ranks: ranks, work: work).rankBytes(leader: false)
  }

  /// The columns' bytes, from the file's shapes, are those that the columns take in memory.
  @Test func columnsAreCountedAsTheyLie() throws {
    let dataset = featureDataset()
    let folder = try FileTestFolder()
    let path = folder.file("data.h5")
    try DatasetFile.write(dataset, to: path)
    let sizes = try DatasetSizes(path)
    let read = try DatasetFile.read(path)
    var bytes =
      read.users.id.bytes.count + read.items.id.bytes.count
      + read.features.vocabularies.reduce(0) { $0 + ($1.values?.bytes.count ?? 0) + 8 * $1.counts.count }
    bytes += 8 * (read.users.eventOffsets.count + read.train.offsets.count + read.test.offsets.count)
    bytes += 13 * read.events.count
    for samples in [read.train, read.test] {
      bytes += 9 * samples.count + 4 * (samples.probability?.count ?? 0)
    }
    for (_, feature) in read.features.byPath {
      for column in feature.columns {
        switch column {
        case .values(let values): bytes += 4 * values.count
        case .lists(let offsets, let values): bytes += 8 * offsets.count + 4 * values.count
        case .numbers(let values, let missing): bytes += 4 * values.count + (missing?.count ?? 0)
        }
      }
    }
    #expect(sizes.columnBytes == bytes)
    #expect(sizes.users == read.users.count && sizes.items == read.items.count)
    #expect(sizes.trainSamples == read.train.count && sizes.testSamples == read.test.count)
    #expect(sizes.events == read.events.count)
    #expect(sizes.features == read.features.outlines)
  }

  /// Tables that hosts share out take a part on each; one host has them whole in any case.
  @Test func sharedTablesTakeLessOfAHost() throws {
    let adam = try Job.parse(
      "model: {name: DIN, item_embedding: 64}\ntraining: {optimizer: adam}", file: "test.yaml")
    func bytes(_ hosts: Int, _ sharesTables: Bool) -> Int {
      ResourceEstimate(
        job: adam, sizes: sizes, ranks: hosts, hosts: hosts, sharesTables: sharesTables, work: .training
      ).fullest(ranks: 1, leader: false).bytes
    }
    #expect(bytes(1, true) == bytes(1, false))
    // Items, and Adam's moments for them.
    let tables = 3 * 4 * 60_000 * 64
    #expect(bytes(4, false) - bytes(4, true) > tables / 2)
    #expect(bytes(8, true) < bytes(4, true))
  }

  /// More of anything needs more; more ranks need less each.
  @Test func whatMemoryGrowsWith() throws {
    let plain = try job()
    for choice in ["training: {dropout: 0.5}", "training: {optimizer: adagrad}"] {
      #expect(bytes(try job(choice), ranks: 1, .training) > bytes(plain, ranks: 1, .training))
    }
    for choice in ["attention_activation: dice", "batch_normalization: true"] {
      let other = try Job.parse("model: {name: DIN, \(choice)}", file: "test.yaml")
      #expect(bytes(other, ranks: 1, .training) > bytes(plain, ranks: 1, .training))
    }
    #expect(bytes(plain, ranks: 8) < bytes(plain, ranks: 1))
    var larger = sizes
    larger.trainSamples *= 2
    let more = ResourceEstimate(job: plain, sizes: larger, ranks: 1, work: .training)
    #expect(more.rankBytes(leader: false) > bytes(plain, ranks: 1, .training))
    #expect(more.rankBytes(leader: true) > more.rankBytes(leader: false))
    let adam = try job("training: {optimizer: adam, learning_rate: 0.001}\n")
    let models = 4 * (9 * sizes.users + 9 * sizes.items + 9 * 800)
    #expect(bytes(adam, ranks: 1, .training) - bytes(plain, ranks: 1, .training) >= 2 * models)
    let disk = ResourceEstimate(job: adam, sizes: sizes, ranks: 1, work: .training).diskBytes
    #expect(disk > 2 * ResourceEstimate(job: plain, sizes: sizes, ranks: 1, work: .training).diskBytes)
  }

  /// A search's outcomes are at rank 0 alone, in a run that searches by itself as well.
  @Test func searches() throws {
    func leader(_ job: Job, _ work: PlannedWork) -> Int {
      ResourceEstimate(job: job, sizes: sizes, ranks: 1, work: work).stages
        .filter { $0.name == "the search" }.reduce(0) { $0 + $1.bytes(.leader) }
    }
    let run: PlannedWork = [.training, .fineTuning, .choosing, .searching]
    #expect(leader(try job(), run) == 0)
    let searched = try job("finetuning: {methods: [cloud, hard, local], settings: searched}")
    let labels = try job("finetuning: {methods: [cloud, hard]}")
    // 25 pairs of labels at 6 learning rates, those of local, and the cloud model.
    #expect(leader(searched, run) - leader(labels, run) > 8 * sizes.users * (6 * 25 + 6 - 26))
    #expect(leader(searched, [.searching, .searchingSettings]) > 8 * sizes.users * (6 * 25 + 6))
    #expect(leader(labels, run) > 8 * sizes.users * 26)
    let files = ResourceEstimate(job: labels, sizes: sizes, ranks: 1, work: run).files.map(\.name)
    #expect(files.contains("catalogue.h5") && files.contains("the model of the search"))
  }

  /// A host holds its ranks' memory, and rank 0's where it has it.
  @Test func hosts() throws {
    let estimate = ResourceEstimate(
      job: try job(), sizes: sizes, ranks: 8, work: [.training, .fineTuning])
    let one = estimate.fullest(ranks: 1, leader: false).bytes
    let four = estimate.fullest(ranks: 4, leader: false).bytes
    #expect(four > one && four <= 4 * one)
    #expect(estimate.fullest(ranks: 4, leader: true).bytes > four)
  }
}
