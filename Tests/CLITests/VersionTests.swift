import Foundation
import IO
import TestSupport
import Testing

/// `lcft --version`, which is the same as what a run's `summary.json` says (`StatusTests`).
@Suite struct VersionTests {
  /// The lines of `lcft --version` by the keys of `summary.json`; what is not known has no line there.
  static func printed() throws -> [String: String] {
    let outcome = try Command.lcft(["--version"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let keys = [
      "lcft": "lcft", "commit": "commit", "built for": "processor_target", "runs on": "processor",
      "MPI": "mpi", "HDF5": "hdf5", "compiler": "compiler",
    ]
    var versions: [String: String] = [:]
    for line in outcome.output.split(separator: "\n") {
      let name = try #require(keys.keys.first { line.hasPrefix("\($0) ") }, "\(line)")
      versions[keys[name]!] = line.dropFirst(name.count).trimmingCharacters(in: .whitespaces)
    }
    #expect(versions.count == keys.count, "\(outcome.output)")
    return versions.filter { $0.value != "unknown" && !$0.value.hasPrefix("the compiler's") }
  }

  @Test func saysWhatTheProgramIsAndRunsWith() throws {
    let versions = try VersionTests.printed()
    #expect(versions["lcft"] == FileHeader.programVersion)
    #expect(versions["compiler"]?.hasPrefix("Swift 6") == true)
    #expect(versions["mpi"]?.contains(/^(Open MPI v|MPICH).*[0-9]/) == true)
    #expect(versions["hdf5"]?.contains(/^1\.[0-9]+\.[0-9]+$/) == true)
    if FileManager.default.fileExists(atPath: RepositoryFile.path(".git")) {
      #expect(versions["commit"]?.contains(/^[0-9a-f]{12}(-dirty)?$/) == true)
    }
    let processors = ((try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? "")
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(versions["processor"].map { processors.contains($0) } ?? !processors.contains("model name"))
  }
}
