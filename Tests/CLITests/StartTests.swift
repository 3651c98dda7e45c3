import Foundation
import TestSupport
import Testing

/// What a run says at its start about how it was started.
@Suite(.serialized) struct StartTests {
  @Test func aProgramByItselfSaysSo() throws {
    let folder = try WholePathTests.prepared()
    let outcome = try Command.lcft(WholePathTests.arguments("train", folder, "alone"))
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains(", 1 rank: started without mpirun or srun\n"), "\(outcome.errors)")
    let launched = try Command.lcft(WholePathTests.arguments("train", folder, "launched"), ranks: 1)
    #expect(launched.status == 0)
    #expect(launched.errors.contains(", 1 rank\n"), "\(launched.errors)")
  }

  @Test(.enabled(if: ProcessInfo.processInfo.processorCount > 1))
  func ranksOnOneProcessorAreToldOnce() throws {
    let folder = try WholePathTests.prepared()
    let script = """
      \(Command.environment)
      taskset -c 0 mpirun --oversubscribe --bind-to none --mca mpi_yield_when_idle 1 -n 2 "$@"
      """
    let outcome = try Command.run(
      "/bin/bash",
      ["-c", script, "mpirun", Command.lcft] + WholePathTests.arguments("train", folder, "crowded"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let notes = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("note: ") }
    #expect(notes.count == 1, "\(outcome.errors)")
    #expect(notes.first?.hasPrefix("note: 2 ranks share 1 processor on ") == true)
    #expect(notes.first?.contains("--bind-to core") == true)
  }

  /// As in a container without ptrace: Open MPI would print a line for every large message.
  @Test func aSystemThatForbidsCopiesBetweenProcessesIsToldOnce() throws {
    let folder = try WholePathTests.prepared()
    let source = try folder.write(
      """
      #include <errno.h>
      #include <sys/types.h>
      long process_vm_readv() { errno = EPERM; return -1; }
      long process_vm_writev() { errno = EPERM; return -1; }

      """, to: "forbid.c")
    let library = folder.file("forbid.so")
    let compiled = try Command.run(
      "/bin/bash",
      [
        "-c",
        "for c in clang gcc cc; do command -v $c >/dev/null && exec $c -shared -fPIC -w -o \"$2\" \"$1\"; done; exit 9",
        "sh", source, library,
      ])
    guard compiled.status != 9 else {
      print("no C compiler here: not tested")
      return
    }
    try #require(compiled.status == 0, "\(compiled.errors)")
    try folder.write(
      WholePathTests.job.replacingOccurrences(of: "hidden: [12, 6]", with: "hidden: [400, 100]"),
      to: "wide.yaml")
    func train(_ output: String, _ setup: String) throws -> Command.Outcome {
      try Command.run(
        "/bin/bash",
        ["-c", "\(Command.environment); \(setup) lcft_mpirun 2 \"$@\"", "mpirun", Command.lcft]
          + WholePathTests.arguments("train", folder, output, job: "wide.yaml"))
    }
    let plain = try train("plain", "")
    try #require(plain.status == 0, "\(plain.errors)")
    #expect(!plain.errors.contains("copy from one another"))
    let forbidden = try train("forbidden", "export LD_PRELOAD='\(library)';")
    #expect(forbidden.status == 0, "\(forbidden.errors)")
    #expect(forbidden.errors.components(separatedBy: "copy from one another's memory").count == 2)
    #expect(!forbidden.errors.contains("Read -1"))
    #expect(try WholePathTests.digests(folder, "forbidden") == WholePathTests.digests(folder, "plain"))
  }

  @Test func aFileThatAnotherProgramHasLockedSaysSo() throws {
    let folder = try WholePathTests.prepared()
    let script = """
      exec 9<>"$1" && flock 9 && "$2" describe "$1" 9>&- && HDF5_USE_FILE_LOCKING=TRUE "$2" describe "$1" 9>&-
      """
    let outcome = try Command.run("/bin/bash", ["-c", script, "sh", folder.file("data.h5"), Command.lcft])
    // Without the variable no lock is wanted; with it, HDF5 takes one whatever a program asks for.
    #expect(outcome.output.contains("users"))
    #expect(outcome.status == 1)
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(
      outcome.errorLines.first?.contains("another program has the file open for writing") == true,
      "\(outcome.errors)")
  }
}
