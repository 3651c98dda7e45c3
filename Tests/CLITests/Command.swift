import Foundation
import Support
import TestSupport

/// Runs the built programs as a user does.
enum Command {
  struct Outcome {
    /// 128 and the signal's number where a signal ended the program.
    var status: Int32
    var output: String
    var errors: String
    var timedOut: Bool

    /// Lines of standard error that our program wrote, without mpirun's own.
    var errorLines: [String] {
      errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("lcft:") }
    }
  }

  /// The folder of built products, where the tests' own bundle lies.
  static let products = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
  static let lcft = products.appendingPathComponent("lcft").path
  /// Makes a shell know `lcft_mpirun`.
  static let environment = ". '\(RepositoryFile.path("jobs/environment.sh"))'"

  /// `lcft` with `arguments`, by itself (`ranks` nil) or under mpirun.
  static func lcft(_ arguments: [String], ranks: Int? = nil, seconds: Double = 120) throws -> Outcome {
    guard let ranks else { return try run(lcft, arguments, seconds: seconds) }
    // The scripts' own function, so that roots, containers and few cores are treated as users meet them.
    let script = "\(environment); n=$1; shift; lcft_mpirun \"$n\" \"$@\""
    return try run("/bin/bash", ["-c", script, "mpirun", "\(ranks)", lcft] + arguments, seconds: seconds)
  }

  /// Runs `lcft` until `condition` holds, then calls `act` with the process (mpirun where there are ranks), and
  /// waits for its end.
  static func lcft(
    _ arguments: [String], ranks: Int? = nil, when condition: @autoclosure @escaping () -> Bool,
    _ act: @escaping (Process) throws -> Void
  ) throws -> Outcome {
    guard let ranks else { return try run(lcft, arguments, when: (condition, act)) }
    // mpirun in the shell's place, so that signals reach it.
    let script =
      "\(environment); mpirun() { exec mpirun \"$@\"; }; n=$1; shift; lcft_mpirun \"$n\" \"$@\""
    return try run(
      "/bin/bash", ["-c", script, "mpirun", "\(ranks)", lcft] + arguments, when: (condition, act))
  }

  /// The processes that `process` started.
  static func children(of process: Process) -> [pid_t] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { pid_t($0) }.filter { pid in
      guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
        let end = stat.lastIndex(of: ")")
      else { return false }
      let fields = stat[stat.index(after: end)...].split(separator: " ")
      return fields.count > 1 && pid_t(fields[1]) == process.processIdentifier
    }.sorted()
  }

  static func run(
    _ program: String, _ arguments: [String], seconds: Double = 120,
    when: (condition: () -> Bool, act: (Process) throws -> Void)? = nil
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    // Files, not pipes: a full pipe would stop the program until somebody reads it.
    let folder = try FileTestFolder()
    func file(_ name: String) throws -> FileHandle {
      try FileHandle(forWritingTo: URL(fileURLWithPath: folder.write("", to: name)))
    }
    process.standardOutput = try file("output")
    process.standardError = try file("errors")
    process.standardInput = FileHandle.nullDevice
    // A shell's children have no signals blocked; this thread's would, mpirun among them.
    var none = sigset_t()
    var before = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
    let deadline = Date(timeIntervalSinceNow: seconds)
    if let when {
      while process.isRunning, Date() < deadline, !when.condition() { usleep(2_000) }
      if process.isRunning { try when.act(process) }
    }
    while process.isRunning, Date() < deadline { usleep(20_000) }
    let timedOut = process.isRunning
    if timedOut { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
    let texts = try ["output", "errors"].map { String(decoding: try folder.bytes($0), as: UTF8.self) }
    return Outcome(
      status: process.terminationReason == .exit
        ? process.terminationStatus : 128 + process.terminationStatus, output: texts[0], errors: texts[1],
      timedOut: timedOut)
  }
}
