import IO
import Support

/// Joins data sets of the same features, for example of one day each.
///
/// Users and items are matched by identifier, values of vocabularies by their text; what only one row can say of a user
/// or an item, the first file that has it says. A user's events are in time order, those of one moment file after file;
/// samples stay in their part. A row with the user, item and time (and action) of one in an earlier file is left out.
/// A sample knows the events of its own file that it knew, and of the other files those of strictly earlier moments; where
/// the files' own samples know earlier rows of their own moment, also rows of that moment in earlier files.
package enum DatasetMerge {
  package struct Options: Sendable {
    package var inputs: [String]
    /// The command, as the new file keeps it.
    package var command: String

    package init(inputs: [String], command: String = "") {
      self.inputs = inputs
      self.command = command
    }

    /// Throws where the data sets cannot be joined, whatever is in them, or are not there.
    package func check() throws {
      guard (2...1000).contains(inputs.count) else {
        throw SubsetError.option(
          name: "number of data sets", value: "\(inputs.count)", allowed: "2 to 1000")
      }
      var names: Set<String> = []
      for path in inputs where !names.insert(path).inserted { throw SubsetError.givenTwice(file: path) }
      for path in inputs { _ = try FileStatus.sizeOfReadableFile(path) }
    }
  }

  /// Throws `SubsetError`, and what reading the data sets throws.
  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws -> Dataset {
    try options.check()
    var inputs: [InputDataset] = []
    for path in options.inputs {
      let input = try InputDataset(path)
      try input.requireTimes(for: "lcft merge")
      if let first = inputs.first, let what = DatasetDifference.first(first.dataset, input.dataset) {
        throw SubsetError.different(first: first.path, second: path, what: what)
      }
      inputs.append(input)
    }
    let users = try JoinedIdentifiers(inputs, column: "/users/id") { $0.users.id }
    let items = try JoinedIdentifiers(inputs, column: "/items/id") { $0.items.id }
    var rows = MergedRows(inputs, items: items)
    try rows.gather(users, progress)
    var account = ImportAccount()
    account.files = rows.accounts
    account.otherLabels = rows.otherLabels
    account.keepsRepeats = false
    account.sharedUsers = users.shared
    account.sharedItems = items.shared
    let disordered = rows.usersTrainedAfterTest
    let ownNegatives = rows.ownNegatives
    var provenance = Dataset.Provenance(madeOf: inputs, options.command)
    provenance.settings["same_time"] = (rows.knowsOwnMoment ? SameTime.before : .exclude).rawValue
    let selection = rows.takeSelection(users, items)
    var result = selection.dataset(of: inputs.map(\.dataset), provenance)
    try Spill.check()
    let mend = "split them anew with lcft subset --split-time or --split-fraction 0.8"
    if disordered > 0 { account.warnings.append(.trainingAfterTest(users: disordered, mend: mend)) }
    // The name of a column alone is that of flags.
    let rules = provenance.labelRules
    if rules.count > 1 && rules.contains(where: { $0.contains(" ") }) {
      account.warnings.append(
        .differentLabels(rules, mend: "import the logs by one rule, unless that is meant"))
    }
    if ownNegatives > 0 {
      account.warnings.append(
        .ownNegatives(
          ownNegatives, of: inputs.reduce(0) { $0 + ($1.drawn ?? 0) },
          mend: "import the logs as one, which draws others"))
    }
    var advice = ImportAdvice(labels: "join other data sets")
    advice.split = mend
    advice.noSamples = "join other data sets"
    account.complete(&result, advice, progress)
    return result
  }
}
