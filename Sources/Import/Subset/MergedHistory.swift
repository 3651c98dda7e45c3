import IO
import Support

/// One user's events in several data sets as one history: in time order, and those of one moment file after file. An
/// event of the same item, time and action as one of an earlier file repeats it and is left out.
struct MergedHistory: ~Copyable {
  struct Entry: BitwiseCopyable {
    var time: Int64
    var item: Int32
    var action: Int32
    var input: Int32
    /// The event's place among its user's events in its file.
    var own: Int32
    /// Its place in the history, or that of the event that it repeats.
    var place: Int32
    var isKept: Bool
  }

  private let inputs: [Dataset]
  private let itemPlaces: [Column<Int32>]
  /// Of each data set, the events' actions in a numbering that all share; empty where events have none.
  private let actions: [Column<Int32>]
  /// Whether a sample knows the events before it of its own moment, as it does in logs of reviews and ratings.
  let knowsOwnMoment: Bool
  private var entries = GrowableBuffer<Entry>()
  private var repeats = MomentRepeats()
  /// Of each data set, where its events begin in `bounds`.
  private var starts: [Int] = []
  private var bounds = GrowableBuffer<(after: Int32, upTo: Int32)>()
  private(set) var rows = GrowableBuffer<RowReference>()
  private var times = GrowableBuffer<(time: Int64, input: Int32)>()

  init(_ inputs: [Dataset], items: JoinedIdentifiers) {
    self.inputs = inputs
    itemPlaces = items.places
    knowsOwnMoment = inputs.contains { $0.sameTime == .before }
    let vocabularies = inputs.compactMap { dataset in
      dataset.features.feature(.events, Features.action).flatMap { dataset.features.vocabulary(of: $0) }
    }
    if vocabularies.count == inputs.count {
      let joined = JoinedVocabulary(vocabularies)
      actions = zip(inputs, joined.rows).compactMap { $0.actions?.codes.renumbered($1) }
    } else {
      actions = []
    }
  }

  /// - Parameter users: the user's row in each data set; -1 where it has not the user.
  mutating func gather(_ users: [Int32]) {
    entries.removeAll()
    var files = 0
    for (input, user) in users.enumerated() where user >= 0 {
      let events = inputs[input].events
      let (first, last) = range(input, user)
      for row in first..<last {
        entries.append(
          Entry(
            time: events.timestamp[row], item: itemPlaces[input][Int(events.item[row])],
            action: actions.isEmpty ? 0 : actions[input][row], input: Int32(input), own: Int32(row - first),
            place: 0, isKept: true))
      }
      if last > first { files += 1 }
    }
    if files > 1 {
      var all = UnsafeMutableBufferPointer(start: entries.pointer, count: entries.count)
      all.sort { ($0.time, $0.input, $0.own) < ($1.time, $1.input, $1.own) }
    }
    number(users)
    bound(users)
  }

  private func range(_ input: Int, _ user: Int32) -> (first: Int, last: Int) {
    let offsets = inputs[input].users.eventOffsets
    return (Int(offsets[Int(user)]), Int(offsets[Int(user) + 1]))
  }

  /// Places the events, moment after moment.
  private mutating func number(_ users: [Int32]) {
    rows.removeAll()
    times.removeAll()
    var first = 0
    while first < entries.count {
      let last = endOfMoment(from: first, upTo: entries.count) { entries.pointer[$0].time }
      let files = entries.pointer[first].input != entries.pointer[last - 1].input
      if files { findRepeats(first..<last) }
      for index in first..<last where entries.pointer[index].isKept {
        let entry = entries.pointer[index]
        let input = Int(entry.input)
        entries.pointer[index].place = Int32(rows.count)
        rows.append(RowReference(range(input, users[input]).first + Int(entry.own), table: input))
        times.append((entry.time, entry.input))
      }
      // An event that repeats another one stands for it.
      if files {
        for index in first..<last where !entries.pointer[index].isKept {
          entries.pointer[index].place = entries.pointer[Int(entries.pointer[index].place)].place
        }
      }
      first = last
    }
  }

  /// Marks the events of a moment that repeat one of an earlier file, with the index of that one as their place.
  private mutating func findRepeats(_ range: Range<Int>) {
    let entries = self.entries.pointer
    repeats.find(range) {
      (entries[$0].item, entries[$0].action, entries[$0].input)
    } _: { index, original in
      entries[index].isKept = false
      entries[index].place = Int32(original)
    }
  }

  /// Between which places of the history a sample must stand that knows so many events of its own file.
  private mutating func bound(_ users: [Int32]) {
    starts.removeAll(keepingCapacity: true)
    var total = 0
    for (input, user) in users.enumerated() {
      starts.append(total)
      if user >= 0 {
        let (first, last) = range(input, user)
        total += last - first + 1
      }
    }
    let target = bounds.resetUninitialized(total)
    for index in 0..<total { target[index] = (0, Int32(rows.count)) }
    for index in 0..<entries.count {
      let entry = entries.pointer[index]
      let place = starts[Int(entry.input)] + Int(entry.own)
      target[place].upTo = entry.place
      target[place + 1].after = entry.isKept ? entry.place + 1 : target[place].after
    }
  }

  /// How many events of the history come before a sample that knows `known` events of its own file `input`: of the other
  /// files those of strictly earlier moments, and where samples know their own moment also those of that moment in
  /// earlier files.
  func position(_ time: Int64, input: Int, known: Int32) -> Int32 {
    let bound = bounds.pointer[starts[input] + Int(known)]
    let before = bisect(times.count) { place in
      let entry = times.pointer[place]
      return !(entry.time < time || (knowsOwnMoment && entry.time == time && entry.input < Int32(input)))
    }
    return min(bound.upTo, max(bound.after, Int32(before)))
  }

  /// The same of a drawn negative, whose item, by its place in the joined items, the user may have acted on in that very
  /// moment: its history ends before that.
  func position(_ time: Int64, input: Int, known: Int32, ofDrawn item: Int32) -> Int32 {
    let position = position(time, input: input, known: known)
    let moment = (0..<Int(position)).reversed().prefix { times.pointer[$0].time == time }
    return moment.last { self.item($0) == item }.map { Int32($0) } ?? position
  }

  /// The item of the event at `place`, by its place in the joined items.
  private func item(_ place: Int) -> Int32 {
    let row = rows.pointer[place]
    return itemPlaces[row.table][Int(inputs[row.table].events.item[row.row])]
  }
}
