import ArgumentParser
import Foundation
import IO
import Import
import Report
import Support

/// The options that all importers share.
struct ImportOptions: ParsableArguments {
  @Option(help: "The data set to write (HDF5).", completion: .hdf5)
  var output: String

  @OptionGroup var splitting: SplitOptions

  @Option(help: "The seed of everything random; the same seed gives the same data set.")
  var seed: UInt64 = 1

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var preview: DryRunOptions

  @Option(help: "What to do with a malformed line: fail, or skip and count it.")
  var onError: MalformedLines = .fail

  @OptionGroup var memory: MemoryOptions

  @Option(
    help: ArgumentHelp(
      "Of rows with the same user, item and time: use the first, or keep all (default: keep; recbole: first).",
      valueName: "first|keep"))
  var repeats: RepeatedRows?

  @Option(
    help: ArgumentHelp(
      "Which events of its own second a sample knows: those before it in the file, or none (default: "
        + "exclude for logs of exposures, before for others).",
      valueName: "before|exclude"))
  var sameTime: SameTime?

  /// What the options say of rows.
  var rows: RowRules {
    var rows = RowRules()
    (rows.repeats, rows.sameTime) = (repeats, sameTime)
    return rows
  }

  /// The chosen split; nil if none is, and the one of the source's paper stands.
  var split: SplitRule? { splitting.rule }
}

/// How samples are split by time, for imports and for data sets that are split anew.
struct SplitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Samples up to and including this time are for training, later ones for test.",
      valueName: "seconds since 1970"))
  var splitTime: Int64?

  @Option(
    help: ArgumentHelp(
      "The share of each user's samples, the earliest ones, that is for training; the rest is for test. "
        + "Samples of one second stay together.",
      valueName: "share"))
  var splitFraction: Double?

  func validate() throws {
    if splitTime != nil && splitFraction != nil {
      throw ValidationError("give --split-time or --split-fraction, not both")
    }
  }

  /// Nil where neither is given.
  var rule: SplitRule? { splitTime.map { .timestamp($0) } ?? splitFraction.map { .fraction($0) } }
}

/// Imports `inputs` into a data set, writes it, and prints its counts, the account of all rows and the warnings; or
/// prints what it would do by `schema`. Throws before anything is read where the output cannot be written or would
/// replace what it must not.
func importDataset(
  to options: ImportOptions, from inputs: [String?], by schema: @autoclosure () throws -> Schema,
  _ make: (@escaping ImportProgress) throws -> Dataset
) throws {
  let output = OutputFile(
    options.output, inputs: inputs.compactMap(\.self), overwrites: options.replacing.overwrite)
  try importDataset(to: output, options.preview, options.memory, by: schema(), make)
}

/// The same to `output`, which knows the inputs.
func importDataset(
  to output: OutputFile, _ preview: DryRunOptions, _ memory: MemoryOptions,
  by schema: @autoclosure () throws -> Schema, _ make: (@escaping ImportProgress) throws -> Dataset
) throws {
  if preview.dryRun {
    try output.check()
    return try DatasetPreview(TableImport.look(schema())).tell(of: output, within: memory.memory)
  }
  try importDataset(to: output, memory, make)
}

/// The same without a schema, and not as a dry run.
func importDataset(
  to output: OutputFile, _ memory: MemoryOptions, _ make: (@escaping ImportProgress) throws -> Dataset
) throws {
  var account: ImportAccount?
  try memory.bound(output) {
    try writeDataset(to: output) { tell in
      try make { event in
        if case .account(let complete) = event { account = complete } else { tell(event) }
      }
    }
  }
  guard let account else { return }
  for line in account.lines { print(line) }
  for warning in account.warnings { StandardError.write("warning: \(warning)\n") }
}

/// Makes a data set with progress on standard error, writes it and prints its counts. Throws before any work where
/// the output cannot be written or would replace what it must not.
func writeDataset(to output: OutputFile, _ make: (@escaping ImportProgress) throws -> Dataset) throws {
  try output.check()
  let log = ImportLog()
  let dataset = try make { log.tell($0) }
  log.end()
  // It may have taken hours, in which somebody else has made the file.
  try output.check()
  StandardError.write("writing \(output.path)\n")
  try DatasetFile.write(dataset, to: output.path)
  print("\(output.path): \(DatasetDescription(dataset).counts)")
}

/// Whether a file that is there may be replaced.
struct ReplacingOptions: ParsableArguments {
  @Flag(help: "Replace the output if it exists.")
  var overwrite = false
}

extension MalformedLines: ExpressibleByArgument {}
extension RepeatedRows: ExpressibleByArgument {}

extension CalendarDay: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

extension ActionCredit.Window: ExpressibleByArgument {
  package init?(argument: String) {
    if argument == "day" {
      self = .sameDay
    } else if let seconds = Int64(argument) {
      self = .seconds(seconds)
    } else {
      return nil
    }
  }

  package var defaultValueDescription: String {
    switch self {
    case .sameDay: "day"
    case .seconds(let seconds): "\(seconds)"
    }
  }
}

/// Turns an importer's events into progress and lines on standard error.
private final class ImportLog {
  private let progress = ProgressFeed.standardError
  /// The work under way, and the file that it reads; none where it arranges samples.
  private var current: (file: String?, task: ProgressTask)?
  private var last = (done: 0.0, lines: 0)

  func tell(_ event: ImportEvent) {
    switch event {
    case .reading(let file, let bytes, let size, let lines):
      let megabytes = Double(bytes) / 1e6
      let task = task(of: file) {
        let name = (file as NSString).lastPathComponent
        return progress.start(name, unit: "MB", total: size > 0 ? Double(size) / 1e6 : nil)
      }
      last = (megabytes, lines)
      task.update(megabytes, note: "\(lines) lines")
    case .arranging(let done, let total):
      let task = task(of: nil) { progress.start("samples", unit: "users", total: Double(total)) }
      last = (Double(done), 0)
      task.update(Double(done))
    case .skipped(let file, let line, let reason):
      StandardError.write("skipped \(file):\(line): \(reason)\n")
    case .note(let text):
      StandardError.write("\(text)\n")
    case .account: break
    }
  }

  func end() {
    current?.task.finish(last.done, note: last.lines > 0 ? "\(last.lines) lines" : "")
    current = nil
  }

  /// The current work if it is that of `file`, otherwise the one that `start` begins.
  private func task(of file: String?, _ start: () -> ProgressTask) -> ProgressTask {
    if let current, current.file == file { return current.task }
    end()
    let task = start()
    current = (file, task)
    return task
  }
}
