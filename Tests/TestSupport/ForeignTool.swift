import Foundation
import Support
import Testing

/// Programs that read and write HDF5 without lcft's code.
package enum ForeignTool {
  /// A Python with h5py: the environment variable LCFT_PYTHON.
  package static let python = ProcessInfo.processInfo.environment["LCFT_PYTHON"]
  package static let withoutPython: Comment = "LCFT_PYTHON names no Python with h5py"

  package static let hasHDF5Tools = ["h5dump", "h5ls"].allSatisfy { tool in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: $0 + "/" + tool)
    }
  }
  package static let withoutHDF5Tools: Comment = "h5dump and h5ls (hdf5-tools) are not on the PATH"

  /// What `program` prints. A failure is recorded with what it wrote to stderr.
  package static func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(program) \(arguments): \(complaint)")
    return text
  }

  /// What the script `name` of Tests/Fixtures/hdf5 prints.
  package static func script(_ name: String, _ arguments: [String]) throws -> String {
    try run(#require(python), [FixtureFile.path("hdf5/\(name)")] + arguments)
  }

  package static func json(_ name: String, _ arguments: [String]) throws -> [String: Any] {
    let text = try script(name, arguments)
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}
