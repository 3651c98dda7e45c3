import Foundation
import IO
import Runs
import Support
import TestSupport
import Testing

/// `--overwrite` loses nothing: wherever a kill falls, the earlier files or the new ones are whole.
@Suite struct ReplacementTests {
  private struct Killed: Error {}

  private static let outputs: RunOutputs = [.checkpoints, .results, .labels]

  /// A finished run with a report and an A/B test, and beside it a finished replacement that is not yet in place.
  private func prepared() throws -> (
    example: RunExample, new: RunSummary, earlier: [String: Data], replacing: [String: Data]
  ) {
    let example = try RunExample()
    try example.run(.fresh)
    try FileManager.default.createDirectory(
      atPath: "\(example.output)/report", withIntermediateDirectories: true)
    for (name, text) in [
      ("ab-days.csv", "bucket,day"), ("notes.txt", "mine"), ("report/report.html", "<html>"),
      ("report/figures.json", #"{"figures": [{"id": "figure3-out"}], "tables": ["table1"]}"#),
      ("report/figure3-out.svg", "<svg>"), ("report/table1.csv", "dataset"),
    ] { try example.folder.write(text, to: "out/\(name)") }
    let earlier = try contents(example.output)
    try example.write("seed: 9")
    let other = try RunExample()
    try other.write("seed: 9")
    let new = try other.run(.fresh)
    let place = Replacement(of: ReplacementTests.outputs, in: example.output).path
    try FileManager.default.copyItem(atPath: other.output, toPath: place)
    return (example, new, earlier, try contents(place))
  }

  /// Every file below `folder` but the one that every run adds to.
  private func contents(_ folder: String) throws -> [String: Data] {
    var found: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder)
    where name != "progress.jsonl" {
      found[name] = FileManager.default.contents(atPath: "\(folder)/\(name)")
    }
    return found
  }

  @Test func aKillAnywhereInTheExchangeLeavesOneSetWhole() throws {
    var (kills, isDone) = (0, false)
    while !isDone {
      let (example, new, earlier, replacing) = try prepared()
      let replacement = Replacement(of: ReplacementTests.outputs, in: example.output)
      var steps = 0
      do {
        try replacement.exchange {
          if steps == kills { throw Killed() }
          steps += 1
        }
        isDone = true
      } catch is Killed {}
      let left = try contents(example.output)
      let hasEarlier = earlier.allSatisfy { left[$0.key] == $0.value }
      let hasNew = replacing.allSatisfy { file in
        [
          "", "\(FileStatus.name(of: replacement.path)).whole/",
          "\(FileStatus.name(of: replacement.path)).moving/",
        ]
        .contains { left[$0 + file.key] == file.value }
      }
      #expect(hasEarlier || hasNew, "kill \(kills)")
      if !hasEarlier, !isDone {
        let refused = #expect(throws: (any Error).self) { try example.run(.fresh) }
        #expect("\(try #require(refused))".contains("with --resume"))
      }

      #expect(try example.run(.resume).digest.results == new.digest.results)
      let after = try contents(example.output)
      #expect(after.keys.sorted() == (replacing.keys + ["notes.txt"]).sorted(), "kill \(kills)")
      #expect(try ResultsFile.read("\(example.output)/results.h5").contentDigest() == new.digest.results)
      kills += 1
    }
    #expect(kills > 10)
  }

  /// The earlier files stay as they are until the new ones are whole, and then none of them is left.
  @Test func aFinishedRunReplacesWhatWouldBeStale() throws {
    let (example, new, earlier, _) = try prepared()
    do {
      let session = try example.session(ReplacementTests.outputs, .overwrite)
      let command = RunJob(session, try example.inputs(in: session))
      try command.check()
      #expect(try contents(example.output).filter { earlier[$0.key] != nil } == earlier)
      #expect(try session.perform(command).summary.digest.results == new.digest.results)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: example.output).sorted()
    #expect(
      names == [
        "catalogue.h5", "checkpoint-epoch-1.h5", "checkpoint-epoch-2.h5", "notes.txt",
        "progress.jsonl", "results.h5", "summary.json",
      ])
  }

  /// A new model makes old results stale, new results leave the model alone.
  @Test func onlyWhatDependsOnTheNewFilesGoes() throws {
    let example = try RunExample()
    try example.run(.fresh)
    let checkpoint = try #require(try example.contents()?["checkpoint-epoch-2.h5"])
    do {
      let session = try example.session(.results, .overwrite)
      let inputs = try example.inputs(in: session)
      _ = try session.perform(FineTuneFromCheckpoint(session, inputs, checkpoint: nil))
    }
    #expect(try example.contents()?["checkpoint-epoch-2.h5"] == checkpoint)
    #expect(try example.contents()?.keys.contains("results.h5") == true)
    try example.train(.overwrite)
    #expect(
      try example.contents()?.keys.sorted() == [
        "catalogue.h5", "checkpoint-epoch-1.h5", "checkpoint-epoch-2.h5", "progress.jsonl",
      ])
  }

  /// What is kept of a shorter training is no result of a fine-tuning.
  @Test func keptEpochsStay() throws {
    let example = try RunExample()
    try example.run(.fresh)
    let names = [
      "group-low-epochs-1.h5", "results-epochs-1.h5", "choice-epochs-1.h5", "labels-epochs-1.yaml",
    ]
    for name in names { try example.folder.write("kept", to: "out/\(name)") }
    do {
      let session = try example.session([.results, .choice, .labels], .overwrite)
      let inputs = try example.inputs(in: session)
      _ = try session.perform(FineTuneFromCheckpoint(session, inputs, checkpoint: nil))
    }
    let left = try #require(try example.contents()?.keys)
    for name in names { #expect(left.contains(name), "\(name)") }
    try example.train(.overwrite)
    for name in names { #expect(try example.contents()?.keys.contains(name) == false, "\(name)") }
  }

  /// A resumed command does not work beside the files of another that is to replace the same ones.
  @Test func anotherReplacementIsNamed() throws {
    let example = try RunExample()
    try example.run(.fresh)
    let place = Replacement(of: [.checkpoints, .results], in: example.output).path
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    for outputs in [[.results], [.checkpoints, .results, .labels]] as [RunOutputs] {
      #expect {
        try example.session(outputs, .resume)
      } throws: {
        "\($0)".contains("has its files in replacement-checkpoints+results; give that command again")
      }
    }
    for outputs in [[.checkpoints, .results], .abTest] as [RunOutputs] {
      _ = try example.session(outputs, .resume)
    }
  }

  /// A training that finds its model finished says nothing new, and the summary of the whole run stays.
  @Test func aResumedTrainingLeavesTheRunsSummary() throws {
    let example = try RunExample()
    try example.run(.fresh)
    let before = try example.contents()?["summary.json"]
    let session = try example.session(.checkpoints, .resume)
    let inputs = try example.inputs(Inputs.Options(labelledMethods: [], tunes: false), in: session)
    _ = try session.perform(TrainFromJob(session, inputs))
    #expect(try example.contents()?["summary.json"] == before && before != nil)
  }
}
