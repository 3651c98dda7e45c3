import Foundation
import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

/// How jobs are read.
extension JobTests {
  /// docs/compatibility.md promises it.
  @Test func jobsOfEarlierVersionsAreRead() throws {
    let folder = FixtureFile.path("version-0.1/jobs")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(files.count == 5)
    for file in files {
      let earlier = try Job.read("\(folder)/\(file)")
      #expect(earlier.model.name == (try Job.read(RepositoryFile.path("jobs/\(file)"))).model.name)
    }
  }

  @Test func groupingIsRead() throws {
    let job = try Job.parse(
      """
      finetuning: {methods: [cloud, grouped], epochs: 4}
      grouping: {edges: [0.1, 0.5], correction: soft2, epochs: 3, batch_size: 64, learning_rate: 0.2, optimizer: adam}
      """, file: "job.yaml")
    #expect(job.fineTuning.methods == [.cloud, .grouped])
    #expect(job.grouping.edges == [0.1, 0.5] && job.grouping.correction == .soft2)
    #expect(job.grouping.epochs == 3 && job.grouping.batchSize == 64 && job.grouping.learningRate == 0.2)
    #expect(job.grouping.optimizer.name == "adam")
    #expect(try Job.parse("grouping: {quantiles: 5}", file: "job.yaml").grouping.quantiles == 5)
    let unsaid = try Job.parse("seed: 1", file: "job.yaml").grouping
    #expect(unsaid.edges.isEmpty && unsaid.quantiles == 3 && unsaid.correction == .soft1)
  }

  /// Editors of Windows put a byte order mark before the text and end lines with two characters.
  @Test func windowsFilesAreRead() throws {
    let text = "\u{FEFF}name: small\r\nmodel:\r\n  name: LR\r\ntraining:\r\n  epochs: 3\r\n"
    let job = try Job.parse(text, file: "job.yaml")
    #expect(job.name == "small" && job.model.name == "LR" && job.training.epochs == 3)
    #expect(Array(job.text.utf8) == Array(text.utf8))
    #expect { try Job.parse(text + "  epoch: 3\r\n", file: "job.yaml") } throws: {
      "\($0)".hasPrefix("job.yaml:6: unknown key epoch in training (did you mean epochs?)")
    }
  }

  @Test(arguments: ["a: [1\n", "seed: 1\nseed: 2\n", "a: b: c\n", "\t- x\n"])
  func brokenYAMLIsOneLine(_ text: String) {
    #expect { try Job.parse(text, file: "job.yaml") } throws: { error in
      let line = "\(error)"
      return line.hasPrefix("job.yaml") && !line.contains("\n")
    }
  }

  /// A genome is seen where there is one, and missed where it is required.
  @Test func genomeIsTakenFromTheData() throws {
    func fitted(_ use: String, _ dataset: Dataset) throws -> [ModelFeature] {
      try Job.parse("model: {genome: \(use)}\n", file: "job.yaml").fitted(to: dataset, file: "D.h5")
        .model.features.of(.items).filter { $0.name == Features.genome }
    }
    let genome = [ModelFeature(.items, Features.genome, .vector(width: 4))]
    let (without, with) = (smallDataset(), smallDataset(genome: 4))
    #expect(try fitted("if_present", without) == [] && fitted("if_present", with) == genome)
    #expect(try fitted("none", with) == [] && fitted("required", with) == genome)
    #expect(throws: JobDatasetMismatch.noGenome(file: "D.h5")) { try fitted("required", without) }
  }

  /// Histories of exposures or actions need a data set that has them.
  @Test func actionsAreTakenFromTheData() throws {
    let with = smallDataset()
    var without = with
    without.removeFeature(.events, Features.action)
    for (histories, missed) in [
      ("[positive, negative]", nil), ("[positive, actions]", "actions"),
      ("[exposures]", "exposures"),
    ] {
      let job = try Job.parse("model: {histories: \(histories)}\n", file: "job.yaml")
      _ = try job.fitted(to: with, file: "D.h5")
      guard let missed else {
        _ = try job.fitted(to: without, file: "D.h5")
        continue
      }
      #expect(throws: JobDatasetMismatch.noActions(file: "D.h5", history: missed)) {
        try job.fitted(to: without, file: "D.h5")
      }
    }
  }

  /// Each section has its own optimiser: SGD unless it says otherwise, Adam with PyTorch's settings.
  @Test func optimizers() throws {
    let plain = try Job.parse("name: x\n", file: "job.yaml")
    #expect(plain.training.optimizer == .sgd && plain.fineTuning.optimizer == .sgd)
    let job = try Job.parse(
      "training: {optimizer: adam}\nfinetuning: {optimizer: adam, beta1: 0.8, beta2: 0.99, epsilon: 1e-6}\n",
      file: "job.yaml")
    var adam = Adam()
    #expect(adam.beta1 == 0.9 && adam.beta2 == 0.999 && adam.epsilon == 1e-8)
    #expect(job.training.optimizer == .adam(adam))
    adam.beta1 = 0.8
    adam.beta2 = 0.99
    adam.epsilon = 1e-6
    #expect(job.fineTuning.optimizer == .adam(adam))
  }

  @Test func missingFile() {
    #expect { try Job.read("/nonexistent/job.yaml") } throws: {
      "\($0)" == "/nonexistent/job.yaml: no such job file"
    }
  }
}
