import Foundation

/// The output folder of a run: which files it holds and whether a run may write there.
public struct RunFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var results: String { join("results.h5") }
  /// The users done so far, while a fine-tuning runs.
  public var partialResults: String { join("results.partial.h5") }
  /// Hard correction's table, for programs and for people, and the settings by method.
  public var labels: String { join("labels.h5") }
  public var labelsText: String { join("labels.yaml") }
  public var search: String { join("search.h5") }
  public var searchText: String { join("search.yaml") }
  public var summary: String { join("summary.json") }
  /// Users' fine-tuned models: those of all ranks, and the file of one rank.
  public var models: String { join("models.h5") }
  public func models(rank: Int) -> String { join("models-rank-\(rank).h5") }
  /// A simulated online test: what every user was shown and clicked, the days' table, and what came out.
  public var abTest: String { join("ab-test.h5") }
  public var abTestDays: String { join("ab-days.csv") }
  public var abTestSummary: String { join("ab-test.json") }
  /// The model of a group of users, named as in `CTRIntervals`.
  public func group(_ name: String) -> String { join("group-\(name).h5") }
  public func checkpoint(epoch: Int) -> String { join("checkpoint-epoch-\(epoch).h5") }

  /// The epoch of the latest checkpoint, or nil if there is none.
  public func latestCheckpoint() -> Int? {
    names().compactMap { name in
      guard name.hasPrefix("checkpoint-epoch-"), name.hasSuffix(".h5") else { return nil }
      return Int(name.dropFirst("checkpoint-epoch-".count).dropLast(".h5".count))
    }.max()
  }

  /// Makes the folder and says what an earlier run left, which a run that does not resume must not touch.
  public func prepare(_ start: RunStart, outputs: RunOutputs) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw RunError.folder(path, reason: "the output folder cannot be made")
    }
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw RunError.folder(path, reason: "the output folder is not writable")
    }
    let found = names().filter { outputs.contains($0) }.sorted()
    switch start {
    case .resume: return
    case .fresh:
      if let first = found.first { throw RunError.occupied(path, first) }
    case .overwrite:
      for name in found {
        guard (try? FileManager.default.removeItem(atPath: join(name))) != nil else {
          throw RunError.folder(join(name), reason: "cannot be removed")
        }
      }
    }
  }

  private func join(_ name: String) -> String { path.hasSuffix("/") ? path + name : "\(path)/\(name)" }

  private func names() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
}

/// How a run treats what is in its output folder.
public enum RunStart: Sendable {
  /// Only into a folder without outputs of an earlier run.
  case fresh
  /// Goes on where an earlier run of the same job and data stopped.
  case resume
  /// Removes an earlier run's outputs.
  case overwrite
}

/// The files that a command writes.
public struct RunOutputs: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let checkpoints = RunOutputs(rawValue: 1)
  public static let results = RunOutputs(rawValue: 2)
  public static let abTest = RunOutputs(rawValue: 4)
  public static let labels = RunOutputs(rawValue: 8)
  public static let search = RunOutputs(rawValue: 16)

  func contains(_ name: String) -> Bool {
    let isCheckpoint = name.hasPrefix("checkpoint-epoch-") && name.hasSuffix(".h5")
    let isResult =
      ["results.h5", "results.partial.h5", "models.h5"].contains(name)
      || ((name.hasPrefix("models-rank-") || name.hasPrefix("group-")) && name.hasSuffix(".h5"))
    let isABTest = ["ab-test.h5", "ab-days.csv", "ab-test.json"].contains(name)
    let isLabels = ["labels.h5", "labels.yaml"].contains(name)
    let isSearch = ["search.h5", "search.yaml"].contains(name)
    return (contains(.checkpoints) && isCheckpoint) || (contains(.results) && isResult)
      || (contains(.abTest) && isABTest) || (contains(.labels) && isLabels)
      || (contains(.search) && isSearch)
  }
}

/// Why a run is refused.
public enum RunError: Error, CustomStringConvertible {
  case folder(String, reason: String)
  case occupied(String, String)
  case noCheckpoint(String)
  case noEvaluatedUsers(String)
  case differentFiles(String)
  case changed(file: String, setting: String, found: String, wanted: String)
  case otherResults(file: String, what: String)
  case nothingToKeep
  case noSpace(String, needed: Int, free: Int)
  case notSaved(file: String, method: String, saved: [String])

  public var description: String {
    switch self {
    case .folder(let path, let reason): "\(path): \(reason)"
    case .occupied(let path, let name):
      "\(path): holds \(name) of an earlier run; give --resume to go on with it, --overwrite to start anew, "
        + "or another --output"
    case .noCheckpoint(let path):
      "\(path): no checkpoint-epoch-N.h5 there; run lcft train first, or give --checkpoint FILE"
    case .noEvaluatedUsers(let path):
      "\(path): no user has both training and test samples; import with another split"
    case .differentFiles(let path):
      "\(path): not the same content on every rank; copy the same file to all hosts"
    case .changed(let file, let setting, let found, let wanted):
      "\(file): was made with \(setting) \(found), the job now says \(wanted); give the earlier job, or "
        + "another --output"
    case .nothingToKeep:
      "no method of the run fine-tunes; add one to --methods, or leave out --save-models"
    case .noSpace(let path, let needed, let free):
      "\(path): users' models need some \(needed >> 20) MB, \(free >> 20) MB are free; keep those of fewer users "
        + "(--save-models sample:N) or methods"
    case .notSaved(let file, let method, let saved):
      "\(file): holds no models fine-tuned under \(method), only under \(saved.joined(separator: ", "))"
    case .otherResults(let file, let what):
      "\(file): was made with another \(what); give that one, or --overwrite to start the fine-tuning anew"
    }
  }
}
