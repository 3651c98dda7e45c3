import ArgumentParser
import Foundation
import IO
import Support

/// The bound of what a command holds in memory while it makes a data set.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Hold no more than this in memory (2G, 500M), whatever the size of the input. Rows are kept in temporary \
      files without a name; nothing is left of these files, however the command ends. The data set is the same.
      """, valueName: "bytes"),
    transform: MemoryOptions.bytes)
  var memory: Int?

  @Option(
    help: "With --memory: the folder whose disk holds the temporary files (default: the output's).",
    completion: .directory)
  var temporary: String?

  /// Less than this holds no more than the program itself.
  private static let least = 64_000_000

  func validate() throws {
    if temporary != nil && memory == nil {
      throw ValidationError("--temporary says where temporary files lie, which there are with --memory only")
    }
  }

  /// Runs `body`, which writes `output`, within the bound if there is one.
  func bound(_ output: OutputFile, _ body: () throws -> Void) throws {
    guard let memory else { return try body() }
    try output.check()
    let folder = temporary ?? FileStatus.folder(of: output.path)
    try AtomicFile.spill(to: folder, bound: memory).within(body)
  }

  static func bytes(_ text: String) throws -> Int {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).uppercased().replacingOccurrences(of: "B", with: "")
    let units = ["": 1.0, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12]
    guard let value = Double(digits), let factor = units[unit], value * factor < 1e18 else {
      throw ValidationError("\(text) is not a number of bytes such as 2G or 500M")
    }
    guard Int(value * factor) >= least else {
      throw ValidationError(
        "\(text) is less than the program takes by itself: give at least \(byteText(least))")
    }
    return Int(value * factor)
  }
}
