import Dist
import Foundation
import IO
import Import
import LCFT
import Report
import Runs
import Studies
import Support

/// Gives a file to everything in the program that reads such files.
final class Readers {
  let corpus: String
  let scratch: String
  private let dataset: Dataset
  /// What the last refusal said.
  private(set) var lastError = ""
  private var refusals = 0

  init(corpus: String, scratch: String) throws {
    self.corpus = corpus
    self.scratch = scratch
    dataset = try DatasetFile.read("\(corpus)/world.h5")
  }

  /// Whether the corpus's file `name` makes cases of its own.
  static func reads(_ name: String) -> Bool {
    [".h5", ".journal", ".yaml", ".csv", ".gz", ".dat", ".json", ".jsonl", ".tsv", ".txt"].contains {
      name.hasSuffix($0)
    }
  }

  /// Bytes of memory that a file may take at most, where every byte of it is gzip of the best ratio.
  static func allowedMemory(fileBytes: Int, name: String) -> Int {
    (96 << 20) + fileBytes * (name.hasSuffix(".h5") || name.hasSuffix(".gz") ? 3 * 1032 : 256)
  }

  /// Whether the file was read; false where it was refused as it should be. Throws `FuzzFailure` where a refusal
  /// is none of ours or not one line.
  func read(_ path: String, named name: String) throws -> Bool {
    refusals = 0
    lastError = ""
    var name = name
    if name.hasSuffix(".gz") { name.removeLast(3) }
    if name.hasPrefix("hostile-") { name.removeFirst("hostile-".count) }
    let kind = name.prefix { $0 != "." && $0 != "-" }
    switch (kind, (name as NSString).pathExtension) {
    case (_, "h5"): try readHDF5(path)
    case (_, "journal"): try resume(from: path)
    case ("interactions", _), ("items", _): try readInteractions(path, isItems: kind == "items")
    case ("ratings", let ending), ("movies", let ending), ("genome", let ending):
      try importing { [self] malformed in
        try MovieLensImport.run(
          .init(
            ratings: kind == "ratings" ? path : file("ratings.\(ending)"),
            movies: kind == "movies" ? path : file("movies.\(ending)"),
            genomeScores: kind == "genome" ? path : nil, split: .fraction(0.7), seed: 1, malformed: malformed)
        )
      }
    case ("reviews", _), ("meta", _):
      try importing { [self] malformed in
        try AmazonImport.run(
          .init(
            reviews: kind == "reviews" ? path : file("reviews.json"), metadata: kind == "meta" ? path : nil,
            split: .fraction(0.7), seed: 1, malformed: malformed))
      }
    case ("UserBehavior", _): try readTaobao(.userBehavior(path))
    case ("raw_sample", _):
      try readTaobao(.displayAds(rawSample: path, adFeature: file("ad_feature.csv"), behaviorLog: nil))
    case ("ad_feature", _):
      try readTaobao(.displayAds(rawSample: file("raw_sample.csv"), adFeature: path, behaviorLog: nil))
    case ("behavior_log", _):
      try readTaobao(
        .displayAds(rawSample: file("raw_sample.csv"), adFeature: file("ad_feature.csv"), behaviorLog: path))
    case ("schema", _): try readTable(path, nil)
    case ("views", _), ("members", _), ("skus", _), ("earlier", _): try readTable(file("schema.yaml"), path)
    case ("pages", _), ("news", _): try readTable(file("schema-pages.yaml"), path)
    case ("pairs", _): try predict(path)
    case ("job", _): try attempt { _ = try Job.read(path) }
    case ("sweep", _): try readSweep(path)
    case ("labels", _):
      try attempt { _ = try LabelTable.read(path) }
      try attempt { [self] in _ = try inputs(Inputs.Options(labels: path, labelledMethods: [.hard])) }
    case ("search", _): try attempt { [self] in _ = try inputs(Inputs.Options(settings: path)) }
    case ("users", _):
      try attempt { [self] in
        _ = try ModelSelection.users(path).users(of: dataset, evaluated: dataset.evaluatedUsers, seed: 1)
      }
    case ("ab", _): try readReport([path: "ab-days.csv"])
    case ("progress", _): try attempt { _ = try ProgressFile.read(path) }
    case ("summary", _): try readReport([file("results.h5"): "results.h5", path: "summary.json"])
    default: throw FuzzFailure("nothing reads a file named \(name)")
    }
    return refusals == 0
  }

  func file(_ name: String) -> String { "\(corpus)/\(name)" }

  /// The targets whose errors may end a command.
  private static let modules = [
    "Support", "HDF5", "IO", "Import", "Dist", "Models", "LCFT", "Plan", "Studies", "Runs",
    "Serving", "Sweeps", "Report", "YAML",
  ]

  /// Runs `body`; whether it came to its end. What it throws must be an error of ours, on one line.
  @discardableResult
  func attempt(_ body: () throws -> Void) throws -> Bool {
    do {
      try body()
      return true
    } catch {
      if let failure = error as? FuzzFailure { throw failure }
      refusals += 1
      lastError = StandardError.line(error)
      let type = String(reflecting: Swift.type(of: error))
      let isOurs = Readers.modules.contains { type.hasPrefix($0 + ".") }
      let isForeign = ["Error Domain=", "DecodingError", "Swift.", "dataCorrupted"].contains {
        lastError.contains($0)
      }
      let isLine = !lastError.unicodeScalars.contains {
        $0.value < 0x20 || $0.value == 0x7F || $0.value == 0x2028
      }
      guard isOurs, !isForeign, isLine, !lastError.isEmpty, lastError.utf8.count <= 4000 else {
        throw FuzzFailure("refused with \(type): \(lastError.prefix(300).debugDescription)")
      }
      return false
    }
  }

  // MARK: Text

  /// Imports with both rules for malformed lines; what comes of it must be a data set that can be written and
  /// read.
  func importing(_ run: (MalformedLines) throws -> Dataset) throws {
    for malformed in MalformedLines.allCases {
      var made: Dataset?
      try attempt { made = try run(malformed) }
      if let made { try writeAndRead(made) }
    }
  }

  private func writeAndRead(_ dataset: Dataset) throws {
    let copy = "\(scratch)/out/copy.h5"
    do {
      try DatasetFile.write(dataset, to: copy)
      guard try DatasetFile.read(copy).contentDigest() == dataset.contentDigest() else {
        throw FuzzFailure("the data set changes as it is written")
      }
    } catch let error where !(error is FuzzFailure) {
      throw FuzzFailure("what was read cannot be written and read again: \(error)")
    }
  }

  /// Makes a report of a folder with `files`, each under its name there.
  private func readReport(_ files: [String: String]) throws {
    let folder = "\(scratch)/out/reported"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (path, name) in files { try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/\(name)") }
    try attempt { _ = try Report([folder]).text }
  }

  // MARK: HDF5

  private func readHDF5(_ path: String) throws {
    guard try attempt({ _ = try FileSummary.read(path) }) else {
      // The other readers get the file as well: they may fail elsewhere.
      try attempt { _ = try FileDescription.describe(path) }
      return
    }
    var kind = FileKind.dataset
    guard try attempt({ kind = try FileKind.of(path) }),
      try attempt({ _ = try FileDescription.describe(path) })
    else { return }
    switch kind {
    case .dataset: try runDataset(path)
    case .checkpoint:
      try fineTune(from: path)
      try warmStart(from: path, catalogue: file("catalogue.h5"))
    case .catalogue: try warmStart(from: file("checkpoint.h5"), catalogue: path)
    case .results: try readReport([path: "results.h5", file("summary.json"): "summary.json"])
    case .models: try apply(path)
    case .labels:
      try attempt { [self] in _ = try inputs(Inputs.Options(labels: path, labelledMethods: [.hard])) }
    case .choice:
      try attempt { [self] in _ = try inputs(Inputs.Options(choice: path, labelledMethods: [.lcft])) }
    case .search, .abTest: break
    case .predictions: try predict(path)
    }
  }

  /// A session that writes checkpoints and results into a folder of the cases' own.
  private func session(_ start: RunStart = .overwrite) throws -> Session {
    try Session(
      SoloCommunicator(), output: "\(scratch)/out/run", start: start, outputs: [.checkpoints, .results])
  }

  /// The corpus's own job and world, with what searches found.
  @discardableResult
  private func inputs(_ options: Inputs.Options) throws -> Inputs {
    try Inputs(job: .file(file("job.yaml")), dataPath: file("world.h5"), options, in: session())
  }

  /// A data set that is accepted can be written, trained on and fine-tuned on.
  private func runDataset(_ path: String) throws {
    let changed = try DatasetFile.read(path)
    guard changed.contentDigest() != dataset.contentDigest() else { return }
    try writeAndRead(changed)
    try attempt { [self] in
      let session = try session()
      let inputs = try Inputs(job: .file(file("job.yaml")), dataPath: path, in: session)
      _ = try session.perform(RunJob(session, inputs))
    }
    if changed.provenance.kind == "synthetic" {
      try attempt { _ = try SyntheticWorld(of: changed, file: path) }
    }
  }

  private func fineTune(from checkpoint: String, in session: Session) throws {
    let inputs = try Inputs(job: .file(file("job.yaml")), dataPath: file("world.h5"), in: session)
    _ = try session.perform(FineTuneFromCheckpoint(session, inputs, checkpoint: checkpoint))
  }

  private func fineTune(from checkpoint: String) throws {
    try attempt { [self] in try fineTune(from: checkpoint, in: session()) }
  }

  /// A run is resumed from a journal of the one before.
  private func resume(from journal: String) throws {
    let folder = "\(scratch)/out/run"
    try? FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: journal, toPath: "\(folder)/results.journal")
    try attempt { [self] in try fineTune(from: file("checkpoint.h5"), in: session(.resume)) }
  }

  private func apply(_ models: String) throws {
    try attempt { [self] in
      let session = try session()
      let inputs = try Inputs(job: .models(models), dataPath: file("world.h5"), in: session)
      _ = try session.perform(
        ApplyModels(session, inputs, checkpoint: file("checkpoint.h5")))
    }
  }
}
