import Foundation
import Support

/// Starts workers, each for some hundred cases, and counts what became of the cases: also of those that ended
/// their worker.
final class Supervisor {
  private static let batch = 400

  private let corpus: String
  private let scratch: String
  private let seed: UInt64
  private var counts: [String: (read: Int, refused: Int, wrong: Int)] = [:]
  private var failures = 0

  init(corpus: String, scratch: String, seed: UInt64) throws {
    self.corpus = corpus
    self.scratch = scratch
    self.seed = seed
    for folder in ["failed", "empty", "out"] {
      try FileManager.default.createDirectory(
        atPath: "\(scratch)/\(folder)", withIntermediateDirectories: true)
    }
  }

  /// Whether nothing went wrong.
  func run(cases: Int) throws -> Bool {
    let before = try snapshot()
    var next = 0
    while next < cases { next = try runBatch(from: next, upTo: min(next + Supervisor.batch, cases)) }
    if try snapshot() != before { fail("files outside the output folder changed") }
    for (name, count) in counts.sorted(by: { $0.key < $1.key }) {
      say("\(name): \(count.read) read, \(count.refused) refused, \(count.wrong) wrong")
    }
    say("\(cases - min(failures, cases)) passed, \(failures) failed")
    return failures == 0
  }

  /// Returns the case to go on with.
  private func runBatch(from first: Int, upTo end: Int) throws -> Int {
    let (output, errors) = ("\(scratch)/worker.out", "\(scratch)/worker.err")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = ["work", corpus, scratch, "\(seed)", "\(first)", "\(end - first)"]
    process.currentDirectoryURL = URL(fileURLWithPath: "\(scratch)/empty")
    for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
    process.standardOutput = FileHandle(forWritingAtPath: output)
    process.standardError = FileHandle(forWritingAtPath: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()

    var current: (index: Int, name: String)?
    let text = String(decoding: FileManager.default.contents(atPath: output) ?? Data(), as: UTF8.self)
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard words.count == 3, let index = Int(words[1]) else { continue }
      switch words[0] {
      case "begin": current = (index, words[2])
      case "end":
        count(current?.name, words[2])
        current = nil
      case "wrong":
        count(current?.name, "wrong")
        fail("case \(index), \(current?.name ?? ""): \(words[2])")
        current = nil
      default: break
      }
    }
    if process.terminationReason == .exit, process.terminationStatus == 0 { return end }
    let log = String(decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self)
    let how =
      process.terminationReason == .uncaughtSignal
      ? [SIGALRM, SIGPROF].contains(process.terminationStatus)
        ? "no end within \(Worker.seconds) s of work" : "ended by signal \(process.terminationStatus)"
      : "exit code \(process.terminationStatus)"
    guard let current else {
      throw FuzzFailure(
        "a worker from case \(first) on ended between cases, \(how): \(log.suffix(500)) \(text.suffix(200))")
    }
    count(current.name, "wrong")
    fail("case \(current.index), \(current.name): \(how): \(lastWords(log))", keeping: current)
    return current.index + 1
  }

  /// The lines of a crash report that say what happened.
  private func lastWords(_ log: String) -> String {
    let lines = log.split(separator: "\n")
    let first =
      lines.lastIndex { $0.contains("Fatal error") || $0.contains("Program crashed") }
      ?? max(0, lines.count - 3)
    let frames = lines[first...].filter { $0.contains(" in ") }.prefix(8)
    return ([lines.isEmpty ? "" : lines[first]] + frames).joined(separator: " | ")
  }

  private func count(_ name: String?, _ verdict: String) {
    // Files that were changed before are told apart by a number.
    let name = (name ?? "?").replacing(/-[0-9]+\.h5$/, with: ", restructured")
    var count = counts[name] ?? (0, 0, 0)
    switch verdict {
    case "read": count.read += 1
    case "refused": count.refused += 1
    default: count.wrong += 1
    }
    counts[name] = count
  }

  private func fail(_ what: String, keeping file: (index: Int, name: String)? = nil) {
    failures += 1
    say("FAILED: \(what)")
    guard let file else { return }
    let kept = "\(scratch)/failed/\(file.index)-\(file.name)"
    try? FileManager.default.removeItem(atPath: kept)
    try? FileManager.default.copyItem(atPath: "\(scratch)/case/\(file.name)", toPath: kept)
  }

  /// Names, sizes and times of what no case may touch.
  private func snapshot() throws -> [String] {
    var found: [String] = []
    for folder in [corpus, "\(scratch)/empty"] {
      for name in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() {
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
        found.append("\(folder)/\(name) \(attributes[.size] ?? "") \(attributes[.modificationDate] ?? "")")
      }
    }
    let own = ["case", "failed", "empty", "out", "worker.out", "worker.err"]
    let others = try FileManager.default.contentsOfDirectory(atPath: scratch).filter { !own.contains($0) }
    return found + others.sorted()
  }
}
