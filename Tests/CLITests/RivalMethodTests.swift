import Foundation
import IO
import TestSupport
import Testing

/// Methods beside the paper's, as a user runs them.
@Suite(.serialized) struct RivalMethodTests {
  static let methods = [
    "cloud", "local", "soft1", "soft2", "balanced1", "balanced2", "shrunken_soft1", "shrunken_soft2",
    "shrunken_balanced1", "shrunken_balanced2", "proximal", "averaged", "cloud_without_user", "popularity",
  ]

  static let job = """
    name: rivals
    model: {name: LR, histories: [positive], history_length: 5}
    training: {epochs: 2, batch_size: 64, learning_rate: 2, virtual_shards: 8}
    finetuning:
      methods: [\(methods.joined(separator: ", "))]
      epochs: 2
      batch_size: 100000
      learning_rate: 0.7
      per_method: {proximal: {epochs: 5, mu: 0.6}, averaged: {share: 0.3}}
    """

  static let settings =
    #"{"rate": 0.7, "epochs": 2, "mu": 0.6, "proximal_epochs": 5, "share": 0.3, "history_length": 5}"#

  /// A folder with `data.h5`, whose negatives are drawn, or are exposures of a world, and `job.yaml`.
  static func prepared(exposures: Bool) throws -> FileTestFolder {
    let folder = exposures ? try FileTestFolder() : try WholePathTests.prepared()
    if exposures {
      let made = try Command.lcft(
        ["synthesize", "--users", "150", "--items", "80", "--output", folder.file("data.h5")])
      try #require(made.status == 0, "\(made.errors)")
    }
    try folder.write(job, to: "job.yaml")
    return folder
  }

  /// Labels, cloud, fine-tuned, mixed and counted scores are what numpy makes of the data set and the checkpoint.
  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython), arguments: [false, true])
  func holdInPython(_ exposures: Bool) throws {
    let folder = try RivalMethodTests.prepared(exposures: exposures)
    let outcome = try Command.lcft(WholePathTests.arguments("run", folder, "out"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    let check = try Command.run(
      try #require(ForeignTool.python),
      [
        FixtureFile.path("check_rivals.py"), folder.file("out"), folder.file("data.h5"),
        RivalMethodTests.settings,
      ])
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    #expect(check.output.contains("users agree under 14 methods"))
  }

  /// On any number of ranks, and from saved models.
  @Test func sameBitsHoweverTheyAreMade() throws {
    let folder = try RivalMethodTests.prepared(exposures: false)
    let alone = try Command.lcft(
      WholePathTests.arguments("run", folder, "alone") + ["--save-models", "all"])
    try #require(alone.status == 0, "\(alone.errors)")
    let three = try Command.lcft(WholePathTests.arguments("run", folder, "three"), ranks: 3)
    try #require(three.status == 0, "\(three.errors)")
    #expect(three.output == alone.output)
    #expect(try WholePathTests.digests(folder, "alone") == WholePathTests.digests(folder, "three"))
    let applied = try Command.lcft([
      "apply", "--models", folder.file("alone/models.h5"), "--checkpoint",
      folder.file("alone/checkpoint-epoch-2.h5"), "--data", folder.file("data.h5"), "--output",
      folder.file("applied"),
    ])
    try #require(applied.status == 0, "\(applied.errors)")
    let (own, again) = (
      try ResultsFile.read(folder.file("alone/results.h5")),
      try ResultsFile.read(folder.file("applied/results.h5"))
    )
    for method in again.methods {
      let same = try #require(own.methods.first { $0.name == method.name })
      #expect(same.predictions == method.predictions && method.predictions != nil, "\(method.name)")
      #expect(same.alpha == method.alpha && same.beta == method.beta, "\(method.name)")
      #expect(same.lossAfter == method.lossAfter && same.labelStatus == method.labelStatus)
    }
    #expect(again.methods.count >= 12)
  }
}
