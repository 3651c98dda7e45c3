import Foundation
import IO
import Support

/// Where the latest run in an output folder is, from its lock and its `progress.jsonl` alone: they say the same on every
/// host that sees the folder, and after the run's end or death.
package struct RunStatus: Encodable, Sendable {
  package private(set) var folder: String
  package private(set) var state: RunState
  /// Why it has failed or cannot be read, or what it waits for; nil where there is nothing to say.
  package private(set) var reason: String?
  /// The latest line of progress.
  package private(set) var phase: String?
  package private(set) var unit: String?
  package private(set) var done: Double?
  package private(set) var total: Double?
  package private(set) var rate: Double?
  package private(set) var secondsLeft: Double?
  package private(set) var values: [String: Double]?
  package private(set) var memory: Int?
  /// When the run began and when it last wrote, ISO 8601, UTC, by the clock of its host.
  package private(set) var started: String?
  package private(set) var lastWritten: String?
  /// Seconds since then by the clock here.
  package private(set) var silentSeconds: Double?
  package private(set) var host: String?
  package private(set) var process: Int?
  package private(set) var ranks: Int?
  package private(set) var command: String?
  /// The progress as terminals and logs show it.
  private var text: String?

  private enum CodingKeys: String, CodingKey {
    case folder, state, reason, phase, unit, done, total, rate, secondsLeft, values, memory, started,
      lastWritten
    case silentSeconds, host, process, ranks, command
  }

  /// A process of another host that has written nothing for so many seconds is called silent: work that goes on writes
  /// every minute.
  package static let patience = 300.0

  /// `now` is in seconds since 1970.
  package init(of folder: String, now: Double = Date().timeIntervalSince1970) {
    self.folder = folder
    state = .none
    let records: [ProgressRecord]
    let holder: LockHolder?
    do {
      _ = try FileManager.default.contentsOfDirectory(atPath: folder)
      records = try ProgressFile.read(RunFolder(folder).progress)
      holder = try FolderLock.holder(of: folder)
    } catch {
      refuse((error as? SystemError).map { "\($0)" } ?? RunStatus.reason(folder))
      return
    }
    if let holder, !holder.isNamed {
      refuse("\(RunError.namelessLock(lock: FolderLock.name))")
      return
    }
    let run = records.lastIndex { $0.event == .start }.map { records[$0...] } ?? []
    // A run whose lock is there and that has not written yet is not the one that wrote last.
    let isOfHolder =
      holder.map { Int($0.process) == run.first?.process && $0.host == run.first?.host } ?? true
    if isOfHolder { take(run, now) } else if let holder { take(holder, now) }
    state = RunStatus.state(holder, isOfHolder ? run.last : nil, silentSeconds)
    if state == .none { reason = "no run here, or one of a version that kept no progress.jsonl" }
  }

  private mutating func refuse(_ reason: String) {
    state = .unreadable
    self.reason = reason
  }

  /// Why the folder's names cannot be read.
  private static func reason(_ folder: String) -> String {
    var status = stat()
    guard stat(folder, &status) == 0 else { return String(cString: strerror(errno)) }
    return status.st_mode & S_IFMT == S_IFDIR
      ? "the folder cannot be read: \(String(cString: strerror(EACCES)))" : "not a folder"
  }

  /// `last` is the latest line of the run of the lock's holder, or of the last run where nobody holds it.
  private static func state(
    _ holder: LockHolder?, _ last: ProgressRecord?, _ silent: Double?
  ) -> RunState {
    if let outcome = last?.outcome {
      switch outcome {
      case .finished: return .finished
      case .stopped: return .stopped
      case .failed: return .failed
      }
    }
    guard let holder else { return last == nil ? .none : .killed }
    if holder.isOfThisHost { return holder.isAlive ? .running : .killed }
    return (silent ?? 0) > patience ? .silent : .running
  }

  private mutating func take(_ run: ArraySlice<ProgressRecord>, _ now: Double) {
    guard let start = run.first, let last = run.last else { return }
    started = start.time
    (host, process, ranks, command) = (start.host, start.process, start.rankCount, start.command)
    lastWritten = last.time
    silentSeconds = ProgressTime.seconds(last.time).map { max(0, now - $0) }
    reason = last.error
    guard let record = run.last(where: { $0.event == .progress }) else { return }
    (phase, unit, done, total) = (record.phase, record.unit, record.done, record.total)
    (rate, secondsLeft, values) = (record.rate, record.secondsLeft, record.values)
    memory = record.memory
    text = record.progressEvent?.line
  }

  private mutating func take(_ holder: LockHolder, _ now: Double) {
    (host, process, started) = (holder.host, Int(holder.process), holder.since)
    lastWritten = holder.since
    silentSeconds = ProgressTime.seconds(holder.since).map { max(0, now - $0) }
    reason = "it has taken the folder and is about to begin"
  }

  /// One line for people.
  package func line(folderWidth: Int) -> String {
    var parts = [text, reason].compactMap(\.self)
    if let ranks, let host, state != .finished { parts.append("\(counted(ranks, "rank")) from \(host)") }
    if let silentSeconds {
      parts.append("\(state == .running ? "wrote" : "last wrote") \(durationText(silentSeconds)) ago")
    }
    return pad(folder, folderWidth, right: false) + "  " + pad(state.rawValue, 10, right: false) + "  "
      + parts.joined(separator: "; ")
  }
}

extension RunStatus {
  /// A line for each run.
  package static func lines(of runs: [RunStatus]) -> String {
    let width = runs.map(\.folder.count).max() ?? 0
    return runs.map { $0.line(folderWidth: width) }.joined(separator: "\n")
  }

  /// A list in JSON, keys in snake case.
  package static func json(of runs: [RunStatus]) throws -> String {
    String(decoding: try JSONEncoder.summaries().encode(runs), as: UTF8.self)
  }

  /// The exit status of the run that is worst off.
  package static func exitStatus(of runs: [RunStatus]) -> Int32 {
    (runs.map(\.state).max() ?? RunState.none).exitStatus
  }
}
