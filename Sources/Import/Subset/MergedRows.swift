import IO
import Support

/// The rows of joined data sets, user after user.
struct MergedRows: ~Copyable {
  private typealias Counts = (events: Int, samples: Int, drawn: Int)

  private let inputs: [InputDataset]
  private var history: MergedHistory
  private var samples: MergedSamples
  private let itemPlaces: [Column<Int32>]
  private var own: MergedOwnItems
  /// Drawn negatives that stay and are items that the user acted on in another file, though they were drawn among items
  /// without an event of the user's.
  private(set) var ownNegatives = 0
  private var eventOffsets = GrowableBuffer<Int64>()
  private var events = GrowableBuffer<RowReference>()
  private var train = SampleRows()
  private var test = SampleRows()
  /// Users of whom a training sample is later than a test sample.
  private(set) var usersTrainedAfterTest = 0
  /// [inputs] events, samples and drawn negatives that stay.
  private var kept: [Counts]

  init(_ inputs: [InputDataset], items: JoinedIdentifiers) {
    self.inputs = inputs
    history = MergedHistory(inputs.map(\.dataset), items: items)
    samples = MergedSamples(inputs.map(\.dataset), items: items)
    itemPlaces = items.places
    own = MergedOwnItems(inputs.map(\.dataset), items: items)
    kept = inputs.map { _ in (0, 0, 0) }
    eventOffsets.append(0)
  }

  /// Takes the rows of all users. Throws `SubsetError.tooManyEvents`.
  mutating func gather(_ users: JoinedIdentifiers, _ progress: ImportProgress) throws(SubsetError) {
    let rows = inputs.indices.map { users.rows(ofInput: $0) }
    var ofUser = [Int32](repeating: -1, count: inputs.count)
    for user in 0..<users.count {
      if user & 0x3FFF == 0 { progress(.arranging(users: user, of: users.count)) }
      if user & 0xFF == 0 { try checkpoint() }
      var count = 0
      for input in inputs.indices {
        ofUser[input] = rows[input][user]
        guard ofUser[input] >= 0 else { continue }
        let offsets = inputs[input].dataset.users.eventOffsets
        count += Int(offsets[Int(ofUser[input]) + 1] - offsets[Int(ofUser[input])])
      }
      if count > Int(Int32.max) {
        let reference = users.first[user]
        throw .tooManyEvents(user: inputs[reference.table].dataset.users.id[reference.row])
      }
      history.gather(ofUser)
      for index in 0..<history.rows.count {
        let row = history.rows.pointer[index]
        events.append(row)
        kept[row.table].events += 1
      }
      eventOffsets.append(Int64(events.count))
      samples.gather(ofUser)
      own.gather(ofUser)
      addSamples()
    }
    progress(.arranging(users: users.count, of: users.count))
  }

  private func checkpoint() throws(SubsetError) {
    Spill.checkpoint()
    do throws(SpillError) { try Spill.check() } catch { throw .memory(error) }
  }

  private mutating func addSamples() {
    var (lastTraining, firstTest) = (Int64.min, Int64.max)
    for index in 0..<samples.groups.count {
      let group = samples.groups.pointer[index]
      guard group.isKept else { continue }
      let input = Int(group.input)
      let dataset = inputs[input].dataset
      let part = group.part == 0 ? dataset.train : dataset.test
      if group.part == 0 {
        lastTraining = max(lastTraining, group.time)
      } else {
        firstTest = min(firstTest, group.time)
      }
      for row in group.first..<group.first + Int(group.count) {
        let isDrawn = (part.drawn?[row] ?? 0) != 0
        let item = itemPlaces[input][Int(part.item[row])]
        let known = part.eventPosition[row]
        let position =
          isDrawn
          ? history.position(group.time, input: input, known: known, ofDrawn: item)
          : history.position(group.time, input: input, known: known)
        if isDrawn && own.isElsewhere(item, input: input) { ownNegatives += 1 }
        let reference = RowReference(row, table: 2 * input + Int(group.part))
        if group.part == 0 { train.append(reference, position) } else { test.append(reference, position) }
        if isDrawn { kept[input].drawn += 1 } else { kept[input].samples += 1 }
      }
    }
    train.endUser()
    test.endUser()
    if lastTraining > firstTest { usersTrainedAfterTest += 1 }
  }

  /// Whether samples know rows of their own moment.
  var knowsOwnMoment: Bool { history.knowsOwnMoment }

  /// Samples that were left out as repeats and have another label than the one that stays.
  var otherLabels: ImportAccount.OtherLabels { samples.otherLabels }

  /// What became of the rows: file by file, or of many files in all.
  var accounts: [RowAccount] {
    let (inputs, kept) = (self.inputs, self.kept)
    let counts = inputs.indices.map { index in
      let (dataset, drawn) = (inputs[index].dataset, inputs[index].drawn ?? 0)
      return (
        events: dataset.events.count, samples: dataset.train.count + dataset.test.count - drawn, drawn: drawn
      )
    }
    func accounts(_ name: String, _ files: Range<Int>) -> [RowAccount] {
      func account(_ what: String, _ reason: String, _ count: (Counts) -> Int) -> RowAccount {
        var account = RowAccount(file: "\(name), \(what)")
        account.rows = files.reduce(0) { $0 + count(counts[$1]) }
        let left = account.rows - files.reduce(0) { $0 + count(kept[$1]) }
        account.leaveOut(reason, count: left, line: 0, isExpected: true)
        return account
      }
      let repeats = "repeat the user, item and time of a row in an earlier file"
      let all = [
        account("events", repeats) { $0.events }, account("samples", repeats) { $0.samples },
        account("drawn negatives", "their positives are left out") { $0.drawn },
      ]
      return all[2].rows > 0 ? all : Array(all.prefix(2))
    }
    if inputs.count > 20 { return accounts("\(inputs.count) files", inputs.indices) }
    return inputs.indices.flatMap { accounts(inputs[$0].path, $0..<$0 + 1) }
  }

  /// What was gathered, without a copy; nothing is left.
  mutating func takeSelection(_ users: JoinedIdentifiers, _ items: JoinedIdentifiers) -> DatasetSelection {
    DatasetSelection(
      users: users.first, items: items.first, eventOffsets: eventOffsets.takeColumn(),
      events: events.takeColumn(), train: train.take(), test: test.take(), itemRows: items.places)
  }
}
