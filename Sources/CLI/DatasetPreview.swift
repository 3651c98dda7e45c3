import ArgumentParser
import IO
import Import
import Plan
import Support

/// Whether a command only tells what it would do.
struct DryRunOptions: ParsableArguments {
  @Flag(
    help:
      "Check what can be checked quickly, print what would be read, made, written and replaced, and touch nothing."
  )
  var dryRun = false
}

/// What a command that makes a data set would do, as `--dry-run` prints it.
struct DatasetPreview {
  var reads: [String]
  var work: [String]
  /// The most that it holds in memory.
  var memory: Int
  /// Of the data set, and of temporary files.
  var disk: Int

  /// Checks `output` and prints the preview. `bound`: of the memory, where one is given.
  func tell(of output: OutputFile, within bound: Int? = nil) throws {
    try output.check()
    let isThere = FileStatus.State(output.path) != nil
    let free = MachineLimits.disk(FileStatus.folder(of: output.path)).map {
      "; \(byteText($0.bytes)) are free"
    }
    let available = MachineLimits.hostMemory().map { "; \(byteText($0.bytes)) are available" } ?? ""
    let held =
      bound.map { "no more than \(byteText($0)) (--memory)" } ?? "about \(byteText(memory))"
    print(
      dryRunText([
        ("read", reads), ("do", work), ("write", [output.path]),
        ("replace", [isThere ? output.path : "nothing"]),
        ("memory", [held + available]),
        (
          "disk",
          ["\(disk < 1_000_000 ? "less than 1 MB" : "about \(byteText(disk))")\(free ?? "")"]
            + (bound == nil ? [] : ["and temporary files, which grow with the input"])
        ),
      ]))
  }

  /// A file and its size.
  static func line(_ path: String, _ bytes: Int?) -> String {
    path + (bytes.map { " (\(byteText($0)))" } ?? "")
  }
}

extension DatasetPreview {
  init(_ outlook: ImportOutlook) {
    reads = outlook.files.flatMap { file in
      [DatasetPreview.line(file.path, file.bytes)] + file.account.columnLines
    }
    work = outlook.work
    let first = outlook.files.first?.account.rows ?? 0
    if outlook.rows > first {
      work.append("by its first \(counted(first, "row")), the log has about \(outlook.rows)")
    }
    (memory, disk) = (outlook.memoryBytes, outlook.diskBytes)
  }

  /// Of a data set that is made of others. Throws where one of `inputs` is no data set.
  init(of inputs: [String], _ work: String, also: [String] = []) throws {
    let sizes = try inputs.map { try DatasetSizes($0) }
    let bytes = try inputs.map { try FileStatus.sizeOfReadableFile($0) }
    reads = zip(inputs, bytes).map { DatasetPreview.line($0, $1) } + also
    self.work = [work]
    // What is read, what is made of it, and which rows stay, as measured.
    memory = 42_000_000 + sizes.reduce(0) { $0 + $1.columnBytes } * 5 / 2
    disk = bytes.reduce(0, +) * 11 / 10
  }
}
