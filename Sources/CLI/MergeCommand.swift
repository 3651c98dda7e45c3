import ArgumentParser
import IO
import Import
import Support

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join data sets with the same features, for example one per day.",
    usage: "lcft merge <inputs> ... --output <output> [<options>]",
    discussion: """
      Example:
        lcft merge monday.h5 tuesday.h5 wednesday.h5 --output week.h5
        lcft subset week.h5 --last-days 1 --output week-split.h5
      Users and items are matched by their identifiers, values of features by their text. If files say different \
      things about a user or an item, the first file counts. Events are in time order; events of one moment are \
      in the order of the files. If a row has the same user, item and time (and action) as a row in an earlier \
      file, it is left out and counted, together with the negatives drawn for it.

      A sample keeps the events of its own file that it knew. It also knows the events of the other files from \
      strictly earlier moments. If samples know earlier rows of their own moment, as after an import of reviews \
      or ratings, they also know rows of that moment in earlier files. Samples stay in training or test; to \
      split the joined set again, use lcft subset. Negatives are not drawn again.
      """)

  @Argument(help: "The data sets, the earliest first.", completion: .hdf5)
  var inputs: [String]

  @Option(help: "The data set to write (HDF5).", completion: .hdf5)
  var output: String

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var preview: DryRunOptions

  @OptionGroup var memory: MemoryOptions

  func validate() throws {
    if inputs.count < 2 { throw ValidationError("give at least two data sets") }
  }

  func run() throws {
    let options = DatasetMerge.Options(inputs: inputs, command: commandLine())
    let output = OutputFile(output, inputs: inputs, overwrites: replacing.overwrite)
    if preview.dryRun {
      try output.check()
      try options.check()
      let work = "join \(inputs.count) data sets"
      return try DatasetPreview(of: inputs, work).tell(of: output, within: memory.memory)
    }
    try importDataset(to: output, memory) {
      try DatasetMerge.run(options, progress: $0)
    }
  }
}

/// The command as one would type it again.
func commandLine() -> String { shellText(["lcft"] + CommandLine.arguments.dropFirst()) }
