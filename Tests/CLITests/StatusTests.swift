import Foundation
import IO
import TestSupport
import Testing

/// `lcft status` of runs on ranks: at work, over, stopped, failed, killed, elsewhere, and of what is no run.
@Suite(.serialized) struct StatusTests {
  /// What `lcft status` says of `folders`, for programs; its exit status must be `exit`.
  private func status(
    _ folders: [String], _ exit: Int32, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [[String: Any]] {
    let outcome = try Command.lcft(["status"] + folders + ["--json"])
    #expect(outcome.status == exit, "\(outcome.output)\(outcome.errors)", sourceLocation: sourceLocation)
    #expect(outcome.errors.isEmpty, "\(outcome.errors)", sourceLocation: sourceLocation)
    let lines = try Command.lcft(["status"] + folders)
    #expect(lines.status == exit, sourceLocation: sourceLocation)
    #expect(
      lines.output.split(separator: "\n").count == folders.count, "\(lines.output)",
      sourceLocation: sourceLocation)
    return try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [[String: Any]])
  }

  private func states(_ folders: [String], _ exit: Int32) throws -> [String] {
    try status(folders, exit).compactMap { $0["state"] as? String }
  }

  @Test func aRunIsFollowedFromItsStartToItsDeathAndItsEnd() throws {
    let folder = try ResumeTests.prepared()
    let run = WholePathTests.arguments("run", folder, "out")
    let path = folder.file("out")
    let lock = path + "/.lcft.lock"
    try FileManager.default.createDirectory(
      atPath: folder.file("far"), withIntermediateDirectories: false)
    var atWork: [String: Any] = [:]
    var held = ""
    _ = try Command.lcft(run, ranks: 2, when: ResumeTests.bytes("\(path)/results.journal") > 1500) {
      let ranks = Command.children(of: $0)
      // Standing still, so that there is time to look.
      for rank in ranks { kill(rank, SIGSTOP) }
      atWork = try status([path], 2)[0]
      held = try String(contentsOfFile: lock, encoding: .utf8)
      // On another host nothing is known of the process but what it writes.
      let elsewhere = held.replacingOccurrences(
        of: "host [^\n]*", with: "host elsewhere", options: .regularExpression)
      let progress = try String(contentsOfFile: "\(path)/progress.jsonl", encoding: .utf8)
      let host = try #require(atWork["host"] as? String)
      try folder.write(
        progress.replacingOccurrences(of: "\"host\":\"\(host)\"", with: "\"host\":\"elsewhere\""),
        to: "far/progress.jsonl")
      try folder.write(elsewhere, to: "far/.lcft.lock")
      #expect(try states([folder.file("far")], 2) == ["running"])
      let past = try NSRegularExpression(pattern: #""time":"20\d\d"#)
      let old = past.stringByReplacingMatches(
        in: progress, range: NSRange(progress.startIndex..., in: progress), withTemplate: "\"time\":\"2020")
      try folder.write(
        old.replacingOccurrences(of: "\"host\":\"\(host)\"", with: "\"host\":\"elsewhere\""),
        to: "far/progress.jsonl")
      #expect(try states([folder.file("far")], 4) == ["silent"])
      for rank in ranks + [$0.processIdentifier] { kill(rank, SIGKILL) }
    }
    #expect(atWork["state"] as? String == "running" && atWork["ranks"] as? Int == 2)
    #expect((atWork["command"] as? String)?.contains("lcft run --job") == true)
    #expect(held.contains("process \(atWork["process"] as? Int ?? 0)\n"))
    let phase = try #require(atWork["phase"] as? String)
    #expect(phase == "fine-tuning" || phase == "epoch 4/4", "\(phase)")

    let dead = try status([path], 6)[0]
    #expect(dead["state"] as? String == "killed" && dead["phase"] as? String == phase)
    // Neither does it matter whether the lock is still there.
    try FileManager.default.removeItem(atPath: lock)
    #expect(try states([path], 6) == ["killed"])
    // A line that was cut short.
    let file = try #require(FileHandle(forWritingAtPath: "\(path)/progress.jsonl"))
    try file.seekToEnd()
    try file.write(contentsOf: Data("{\"event\":\"progr".utf8))
    try file.close()
    #expect(try states([path], 6) == ["killed"])

    let resumed = try Command.lcft(run + ["--resume"], ranks: 2)
    #expect(resumed.status == 0, "\(resumed.errors)")
    let over = try status([path], 0)[0]
    #expect(over["state"] as? String == "finished" && over["phase"] as? String == "fine-tuning")
    #expect(over["done"] as? Double == over["total"] as? Double)
    let records = try ProgressFile.read("\(path)/progress.jsonl")
    let bounds = records.map(\.event.rawValue).filter { ["start", "end"].contains($0) }
    #expect(bounds == ["start", "start", "end"])
    let losses = records.compactMap { $0.values?["mean_loss"] }
    let memory = records.compactMap(\.memory)
    #expect(!losses.isEmpty && !memory.isEmpty)
    #expect(memory.allSatisfy { $0 > 1_000_000 })
    let shares = records.filter { $0.event == .ranks }.compactMap(\.shares)
    #expect(!shares.isEmpty && shares.allSatisfy { $0.computing.count == 2 })

    let summary = try WholePathTests.summary(folder, "out")
    #expect(try VersionTests.printed() == summary["versions"] as? [String: String])
    let settings = try #require(summary["settings"] as? [String: String])
    #expect(settings["training.epochs"] == "4" && settings["search.holdout"] == "0.2")
    let (begin, end) = (summary["started"] as? String ?? "", summary["ended"] as? String ?? "")
    #expect(begin.hasPrefix("20") && begin <= end)
  }

  @Test func stopsErrorsAndWhatIsNoRun() throws {
    let folder = try ResumeTests.prepared()
    let train = WholePathTests.arguments("train", folder, "stopped")
    _ = try Command.lcft(
      train, ranks: 2, when: ResumeTests.exists(folder.file("stopped/checkpoint-latest.h5"))
    ) { kill($0.processIdentifier, SIGUSR1) }
    try folder.write(
      ResumeTests.job.replacingOccurrences(of: "learning_rate: 0.02", with: "learning_rate: 1000"),
      to: "bad.yaml")
    let failed = try Command.lcft(WholePathTests.arguments("train", folder, "failed", job: "bad.yaml"))
    #expect(failed.status == 1)
    for name in ["foreign", "broken", "cut"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(name), withIntermediateDirectories: false)
    }
    try folder.write("not ours", to: "foreign/notes.txt")
    try FileManager.default.createDirectory(
      atPath: folder.file("broken/progress.jsonl"), withIntermediateDirectories: false)
    // A lock that was emptied.
    try folder.write("", to: "cut/.lcft.lock")
    let names = ["stopped", "failed", "foreign", "broken", "missing", "cut"]
    let found = try status(names.map(folder.file), 8)
    #expect(
      found.compactMap { $0["state"] as? String }
        == ["stopped", "failed", "none", "unreadable", "unreadable", "unreadable"])
    let reasons = found.map { $0["reason"] as? String ?? "" }
    #expect(reasons[0].contains("--resume") && reasons[1].contains("not finite"))
    #expect(reasons[3].contains("not a regular file") && reasons[4].contains("No such file"))
    #expect(reasons[5].contains("delete it"))
    let file = folder.file("job.yaml")
    #expect((try status([file], 8)[0]["reason"] as? String)?.contains("not a folder") == true)
    // As a pattern of the shell gives it beside the folders.
    let beside = try Command.lcft(["status", file, folder.file("stopped")])
    #expect(beside.status == 3 && beside.output.split(separator: "\n").count == 1, "\(beside.output)")
    #expect(beside.errors.contains("passed over, as they are no folders: \(file)"))
    try RefusalTests.refused(
      WholePathTests.arguments("train", folder, "cut"), "cut/.lcft.lock: does not say which process")
    #expect(try states([folder.file("stopped")], 3) == ["stopped"])
    #expect(try states([folder.file("stopped"), folder.file("failed")], 5) == ["stopped", "failed"])
    #expect(try states([folder.file("foreign")], 7) == ["none"])
  }
}
