import IO
import Support

/// Cuts a data set down and splits it anew, without the files that it was imported from.
///
/// Steps, each on what the one before has left: events and samples of a period; samples from a day on; listed users; a
/// sample of the users; the k-core; the new split of the samples; the minimum of training samples. Then items and
/// values go that nothing refers to, vocabularies are counted in the new training part, and the steps of numbers take
/// its parameters. Negatives are not drawn anew: they stay with their positives.
package enum DatasetSubset {
  /// In the name of the stream that a user's draw comes from.
  static let samplePurpose = "user sample"

  /// Throws `SubsetError`, `ImportError`, and what reading the data set throws.
  package static func run(
    _ options: Options, progress: @escaping ImportProgress = { _ in }
  ) throws -> Dataset {
    try options.check()
    let listed = try options.users.map { try listedUsers($0, progress) }
    let input = try InputDataset(options.input)
    if let option = options.optionThatNeedsTimes { try input.requireTimes(for: option) }

    let rows = SubsetRows(input.dataset)
    var account = ImportAccount()
    if let period = options.period { rows.keep(period) }
    if let day = options.firstSampleDay { rows.keepSamples(from: day.start(offset: 0)) }
    if let listed, let users = options.users {
      let found = try keep(listed, users, rows, input, &account)
      rows.keepUsers(found, else: .notListed)
    }
    if let sample = options.sample {
      let ids = input.dataset.users.id
      let chosen = sample.chosen(ids, seed: options.seed) { rows.isKept(user: $0) }
      rows.keepUsers(chosen, else: .notSampled)
    }
    if let minimum = options.kCore { rows.keepCore(minimum) }
    rows.leaveOutEmptyUsers()

    let rule = splitRule(options.split, rows)
    let (selection, most, belowMinimum) = rows.selection(
      rule, minimum: options.minimumTrainingSamples, progress)
    guard let selection else {
      throw ImportError.minimumLeavesNobody(
        file: options.input, minimum: options.minimumTrainingSamples ?? 0, most: most)
    }
    if selection.events.count + selection.train.rows.count + selection.test.rows.count == 0 {
      throw SubsetError.nothingLeft(file: options.input, mend: mend(options))
    }
    var provenance = Dataset.Provenance(madeOf: [input], options.command)
    if let rule {
      provenance.splitRule = rule.text
    } else if SplitRule.isFraction(provenance.splitRule),
      selection.train.rows.count + selection.test.rows.count
        < input.dataset.train.count + input.dataset.test.count
    {
      provenance.splitRule = SplitRule.kept(provenance.splitRule)
    }
    if let minimum = options.minimumTrainingSamples {
      provenance.settings["minimum_training_samples"] = "\(minimum)"
    }
    try Spill.check()
    var result = selection.dataset(of: [input.dataset], provenance)
    try Spill.check()
    account.files = rows.accounts(options) + account.files
    account.belowMinimum = belowMinimum
    let (lost, all) = rows.negatives
    if lost * 10 > all {
      account.warnings.append(
        .lostNegatives(lost, of: all, mend: "import the part of the log that stays, which draws others"))
    }
    var advice = ImportAdvice(labels: "keep other users, items or days")
    advice.split = "give --split-fraction 0.8, or a --split-time inside the period that stays"
    advice.noSamples = "keep other users, items or days"
    account.complete(&result, advice, progress)
    return result
  }

  private static func splitRule(_ split: Split?, _ rows: SubsetRows) -> SplitRule? {
    switch split {
    case nil: return nil
    case .rule(let rule): return rule
    case .lastDays(let days):
      let times = rows.input.events.timestamp
      let last = (0..<times.count).lazy.filter { rows.events[$0] == 0 }.map { times[$0] }.max()
      return last.map { .lastDays(days, upTo: $0) }
    }
  }

  private static func mend(_ options: Options) -> String {
    if let kCore = options.kCore, kCore > 1 {
      return "give --k-core a lower number than \(kCore), or keep more"
    }
    if options.sample != nil { return "give --sample-users a larger share" }
    return "keep other users or days"
  }

  /// Each with its line, or its place among those that are given.
  private static func listedUsers(
    _ list: UserList, _ progress: @escaping ImportProgress
  ) throws -> [(id: String, line: Int)] {
    var ids: [(id: String, line: Int)] = []
    switch list {
    case .ids(let given): ids = given.enumerated().map { ($1, $0 + 1) }
    case .file(let path):
      let lines = try SourceLines(path: path, malformed: .fail, progress: progress)
      try lines.readAll { line throws(MalformedLine) in
        ids.append((String(decoding: Bytes(line).trimmed, as: UTF8.self), lines.number))
      }
      if ids.isEmpty { throw SubsetError.emptyList(file: path) }
    }
    return ids
  }

  /// Marks the listed users, and counts those that the data set has not.
  private static func keep(
    _ listed: [(id: String, line: Int)], _ users: UserList, _ rows: SubsetRows, _ input: InputDataset,
    _ account: inout ImportAccount
  ) throws -> [Bool] {
    let name = if case .file(let path) = users { path } else { "--users (no file of that name is there)" }
    var lines: [String: Int] = [:]
    for (id, line) in listed where lines[id] == nil { lines[id] = line }
    let ids = input.dataset.users.id
    var found = [Bool](repeating: false, count: ids.count)
    var listAccount = RowAccount(file: name)
    listAccount.rows = listed.count
    let repeated = listed.count - lines.count
    for user in 0..<ids.count where lines.removeValue(forKey: ids[user]) != nil { found[user] = true }
    guard found.contains(true) else { throw SubsetError.noneListed(file: input.path, users: name) }
    if let (id, line) = lines.min(by: { $0.value < $1.value }) {
      listAccount.leaveOut("no user of the data set", count: lines.count, line: line, example: quoted(id))
    }
    listAccount.leaveOut("listed before", count: repeated, line: 0, isExpected: true)
    account.files.append(listAccount)
    return found
  }
}
