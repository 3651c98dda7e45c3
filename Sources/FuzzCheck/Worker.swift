import Foundation
import Support

/// Runs cases one after the other and writes a line before and after each to standard output, so that whoever
/// reads it knows which case it was that ended the process.
struct Worker {
  /// Seconds of the processor's time that no case needs, and of waiting, however busy the machine is.
  static let seconds = 15
  static let waitingSeconds: UInt32 = 900

  private let corpus: String
  private let scratch: String
  private let seed: UInt64
  private let names: [String]
  private let bytes: [[UInt8]]
  private let readers: Readers

  init(corpus: String, scratch: String, seed: UInt64) throws {
    self.corpus = corpus
    self.scratch = scratch
    self.seed = seed
    names = try FileManager.default.contentsOfDirectory(atPath: corpus).filter { Readers.reads($0) }.sorted()
    bytes = names.map { [UInt8](FileManager.default.contents(atPath: "\(corpus)/\($0)") ?? Data()) }
    guard !names.isEmpty else { throw FuzzFailure("\(corpus): no file of the corpus") }
    readers = try Readers(corpus: corpus, scratch: scratch)
  }

  func run(_ cases: Range<Int>) throws {
    for index in cases {
      alarm(Worker.waitingSeconds)
      var limit = itimerval()
      limit.it_value.tv_sec = Worker.seconds
      setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &limit, nil)
      try run(index)
    }
    alarm(0)
  }

  /// The file that the case changes, and what of it.
  private func make(_ index: Int) -> (name: String, bytes: [UInt8]) {
    var random = KeyedRandom(seed: seed, KeyedRandom.key("fuzz"), UInt64(index))
    // The first cases are the corpus as it is.
    let chosen = index < names.count ? index : random.below(names.count)
    let name = names[chosen]
    var changed = bytes[chosen]
    if index >= names.count {
      var mutator = Mutator(random, others: bytes)
      changed = mutator.mutate(changed, isText: !name.hasSuffix(".h5") && !name.hasSuffix(".gz"))
    }
    return (name, changed)
  }

  /// Only writes the files of `cases`, each into a folder of its own.
  func write(_ cases: Range<Int>, to folder: String) throws {
    for index in cases {
      let (name, bytes) = make(index)
      try FileManager.default.createDirectory(atPath: "\(folder)/\(index)", withIntermediateDirectories: true)
      _ = FileManager.default.createFile(atPath: "\(folder)/\(index)/\(name)", contents: Data(bytes))
    }
  }

  private func run(_ index: Int) throws {
    let (name, changed) = make(index)
    let path = "\(scratch)/case/\(name)"
    try? FileManager.default.removeItem(atPath: "\(scratch)/case")
    try FileManager.default.createDirectory(atPath: "\(scratch)/case", withIntermediateDirectories: true)
    guard FileManager.default.createFile(atPath: path, contents: Data(changed)) else {
      throw FuzzFailure("\(path): cannot be written")
    }
    // Shows the values of the file of its only rank.
    if name.hasPrefix("models") {
      try? FileManager.default.copyItem(
        atPath: "\(corpus)/models-rank-0.h5", toPath: "\(scratch)/case/models-rank-0.h5")
    }
    let memory = PeakMemory()
    say("begin \(index) \(name)")
    let verdict: String
    do {
      verdict = try readers.read(path, named: name) ? "read" : "refused"
      let grown = memory.grown()
      let allowed = Readers.allowedMemory(fileBytes: changed.count, name: name)
      guard grown <= allowed else {
        throw FuzzFailure("took \(grown >> 20) MB for \(changed.count) bytes, \(allowed >> 20) MB are enough")
      }
      // Files named by a number are changed already.
      guard
        index >= names.count || verdict == "read" || name.hasPrefix("hostile")
          || name.contains(/-[0-9]+\.h5$/)
      else {
        throw FuzzFailure("the unchanged file is refused: \(readers.lastError)")
      }
    } catch {
      _ = FileManager.default.createFile(
        atPath: "\(scratch)/failed/\(index)-\(name)", contents: Data(changed))
      say("wrong \(index) \(error)".replacing("\n", with: " "))
      return
    }
    say("end \(index) \(verdict)")
  }
}

/// How much the resident memory rose at its highest.
private struct PeakMemory {
  private let before: Int

  init() {
    // Sets the peak back to what is in use now.
    let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    if file >= 0 {
      _ = writeAll("5", to: file)
      close(file)
    }
    before = PeakMemory.status("VmRSS:")
  }

  func grown() -> Int { PeakMemory.status("VmHWM:") - before }

  private static func status(_ key: String) -> Int {
    (SystemFile.text("/proc/self/status").flatMap { SystemFile.field(key, in: $0) } ?? 0) << 10
  }
}
