import IO
import Support

/// One user's samples, before negatives join them, and how many do.
struct UserSamples: ~Copyable {
  private let builder: DatasetBuilder
  private var drawer: NegativeDrawer
  /// Rows of the events that are samples, in time order, and their times.
  private(set) var places = GrowableBuffer<Int>()
  private var times = GrowableBuffer<Int64>()
  /// Per sample how many items negatives are drawn from; empty where none are drawn.
  private var limits = GrowableBuffer<Int>()
  /// How many of them train.
  private(set) var training = 0
  /// How many negatives join each, and the stream they are drawn from.
  private(set) var ratio = 0
  private var random = KeyedRandom(seed: 0)
  /// Rows that would train if there was no minimum.
  private(set) var trainingRowsBeforeMinimum = 0
  /// Rows that the minimum leaves out.
  private(set) var rowsBelowMinimum = 0

  init(_ builder: DatasetBuilder, _ log: borrowing InteractionLog, _ events: Dataset.Events) {
    self.builder = builder
    if case .reviews(let sampling, _) = builder.rule {
      drawer = NegativeDrawer(sampling, log.items, events)
    } else {
      drawer = NegativeDrawer()
    }
  }

  var redrawn: Int { drawer.redrawn }

  /// Takes the samples of `user`.
  mutating func gather(
    _ user: Int, _ log: borrowing InteractionLog, _ events: Dataset.Events, _ outcomes: Column<UInt8>,
    _ offsets: Column<Int64>
  ) {
    places.removeAll()
    times.removeAll()
    limits.removeAll()
    let all = Int(offsets[user])..<Int(offsets[user + 1])
    var rows = all
    var lastSampled = InteractionLog.historyOnly - 1
    switch builder.rule {
    case .reviews(let sampling, let keepFirst):
      (ratio, random) = sampling.stream(seed: builder.seed, user: log.users.string(user))
      if !keepFirst { rows = rows.dropFirst() }
    case .clicks: lastSampled = Dataset.Action.click.rawValue
    case .credited: lastSampled = Dataset.Action.exposure.rawValue
    case .ratings, .exposures: break
    }
    let outcome = outcomes.pointer
    for place in rows where outcome[place] <= lastSampled {
      places.append(place)
      times.append(events.timestamp[place])
    }
    training = builder.split.trainingCount(UnsafeBufferPointer(start: times.pointer, count: times.count))
    if ratio > 0 {
      findCandidates(UnsafeBufferPointer(start: events.item.pointer + all.lowerBound, count: all.count))
    }
    trainingRowsBeforeMinimum = self.rows(training: true)
    rowsBelowMinimum = 0
    if let minimum = builder.minimumTrainingSamples, trainingRowsBeforeMinimum <= minimum {
      rowsBelowMinimum = trainingRowsBeforeMinimum + self.rows(training: false)
      places.removeAll()
      training = 0
    }
  }

  private mutating func findCandidates(_ items: UnsafeBufferPointer<Int32>) {
    drawer.begin(items)
    for index in 0..<times.count {
      limits.append(drawer.candidates(at: times.pointer[index]))
    }
  }

  /// How many negatives join sample `index`: the user's ratio, or none where no item is left to draw.
  func negatives(_ index: Int) -> Int {
    guard ratio > 0 else { return 0 }
    return drawer.allowed(limits.pointer[index]) > 0 ? ratio : 0
  }

  /// Samples and negatives of the part that trains, or of the one that tests.
  func rows(training isTraining: Bool) -> Int {
    let samples = isTraining ? 0..<training : training..<places.count
    if ratio == 0 { return samples.count }
    return samples.reduce(0) { $0 + 1 + negatives($1) }
  }

  /// The next negative of sample `index`.
  mutating func draw(_ index: Int, positive: Int32) -> Int32 {
    drawer.draw(limits.pointer[index], positive: positive, &random)
  }
}
