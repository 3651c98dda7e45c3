import ArgumentParser
import Foundation
import IO
import Import
import Support

struct SubsetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subset",
    abstract: "Cut a data set down or split it anew, without the raw files.",
    discussion: """
      Examples:
        lcft subset electronics.h5 --split-fraction 0.8 --output by-user.h5
        lcft subset electronics.h5 --sample-users 0.1 --k-core 5 --last-days 7 \\
          --output small.h5
      The steps are taken in this order, each on what the previous step has left: the days; the first day of \
      samples; the listed users; the sample of users; the k-core; the new split; the minimum of training \
      samples. Users without events and samples are removed, and so are items that no event or sample refers to. \
      Histories then consist of the events that are left. Vocabularies are counted in the new training part: \
      values below their minimum count share the unknown row. Numbers are transformed with parameters fitted to \
      the new training part.

      Negatives are not drawn again. They keep their items and stay with the positive that they were drawn for, \
      in training and test. With --k-core, a negative is removed if its positive or its item is removed. To draw \
      other negatives, import the log again.

      Days are in UTC. A new split and the options for days need the times of samples, which imports have \
      written since version 0.2.
      """)

  @Argument(help: "The data set.", completion: .hdf5)
  var input: String

  @Option(help: "The data set to write (HDF5).", completion: .hdf5)
  var output: String

  @Option(
    help: ArgumentHelp(
      "Leave out events and samples that are not of these days.", valueName: "yyyy-mm-dd..yyyy-mm-dd"),
    transform: SubsetCommand.days)
  var days: (first: CalendarDay, last: CalendarDay)?

  @Option(help: ArgumentHelp("Leave out events and samples before this day.", valueName: "yyyy-mm-dd"))
  var firstDay: CalendarDay?

  @Option(help: ArgumentHelp("Leave out events and samples after this day.", valueName: "yyyy-mm-dd"))
  var lastDay: CalendarDay?

  @Option(
    help: ArgumentHelp(
      "Leave out samples before this day, and keep their events as history: for training on new samples alone.",
      valueName: "yyyy-mm-dd"))
  var samplesFrom: CalendarDay?

  @Option(
    help: ArgumentHelp(
      "Keep only these users: a file with one identifier per line, or identifiers.",
      valueName: "file|id,id,..."),
    completion: .file())
  var users: String?

  @Option(
    help: ArgumentHelp(
      "Keep only a sample of the users: each with this probability (0.1), or this many (500).",
      valueName: "share|count"),
    transform: SubsetCommand.sample)
  var sampleUsers: DatasetSubset.UserSample?

  @Option(help: "The seed of the sample of users; the same seed draws the same users from any data set.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Keep only users and items with at least this many events each, repeated until all have them.",
      valueName: "events"))
  var kCore: Int?

  @OptionGroup var splitting: SplitOptions

  @Option(
    help: ArgumentHelp(
      "How many of the last days, among the events that are left, are for test; earlier days are for training.",
      valueName: "days"))
  var lastDays: Int?

  @Option(help: "Only users with more training samples than this have samples; the others keep their events.")
  var minimumTrainingSamples: Int?

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var preview: DryRunOptions

  @OptionGroup var memory: MemoryOptions

  func validate() throws {
    let splits = [splitting.splitTime != nil, splitting.splitFraction != nil, lastDays != nil]
    if splits.count(where: { $0 }) > 1 {
      throw ValidationError("give one of --split-time, --split-fraction and --last-days")
    }
    if days != nil && (firstDay != nil || lastDay != nil) {
      throw ValidationError("give --days, or --first-day and --last-day")
    }
    if options.isEmpty {
      throw ValidationError("say what to keep or how to split: lcft subset --help lists the options")
    }
  }

  func run() throws {
    let options = options
    var inputs = [input]
    if case .file(let path) = options.users { inputs.append(path) }
    let output = OutputFile(output, inputs: inputs, overwrites: replacing.overwrite)
    if preview.dryRun {
      try output.check()
      try options.check()
      for path in inputs { _ = try FileStatus.sizeOfReadableFile(path) }
      let work = "make a data set of the part that the options leave, with the split that they say"
      return try DatasetPreview(of: [input], work, also: Array(inputs.dropFirst())).tell(
        of: output, within: memory.memory)
    }
    try importDataset(to: output, memory) {
      try DatasetSubset.run(options, progress: $0)
    }
  }

  private var options: DatasetSubset.Options {
    var options = DatasetSubset.Options(input: input, seed: seed, command: commandLine())
    options.firstDay = days?.first ?? firstDay
    options.lastDay = days?.last ?? lastDay
    options.firstSampleDay = samplesFrom
    options.users = users.map { text in
      FileBytes.exists(text) || text.contains("/")
        ? .file(text) : .ids(text.split(separator: ",").map(String.init))
    }
    options.sample = sampleUsers
    options.kCore = kCore
    options.split = splitting.rule.map { .rule($0) }
    if let lastDays { options.split = .lastDays(lastDays) }
    options.minimumTrainingSamples = minimumTrainingSamples
    return options
  }

  private static func days(_ text: String) throws -> (first: CalendarDay, last: CalendarDay) {
    let days = text.components(separatedBy: "..").map { CalendarDay($0) }
    guard days.count == 2, let first = days[0], let last = days[1] else {
      throw ValidationError("days are given as 2017-11-25..2017-12-01")
    }
    return (first, last)
  }

  private static func sample(_ text: String) throws -> DatasetSubset.UserSample {
    if let count = Int(text) { return .count(count) }
    guard let share = Double(text) else {
      throw ValidationError("a sample of users is a share such as 0.1, or a count such as 500")
    }
    return .share(share)
  }
}
