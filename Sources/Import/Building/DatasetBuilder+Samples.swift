import IO
import Support

extension DatasetBuilder {
  /// - Parameter labels: [events] the labels of those events that are samples.
  func samples(
    _ log: borrowing InteractionLog, _ events: Dataset.Events, _ labels: Column<UInt8>,
    _ offsets: Column<Int64>
  ) -> (train: Dataset.Samples, test: Dataset.Samples) {
    let users = log.users.count
    let trainOffsets = Column<Int64>(uninitialized: users + 1)
    let testOffsets = Column<Int64>(uninitialized: users + 1)
    (trainOffsets.values[0], testOffsets.values[0]) = (0, 0)
    var part = Part()
    for user in 0..<users {
      part.gather(user, log, events, offsets, self)
      trainOffsets.values[user + 1] = trainOffsets[user] + Int64(part.training * (1 + part.ratio))
      testOffsets.values[user + 1] =
        testOffsets[user] + Int64((part.places.count - part.training) * (1 + part.ratio))
    }

    let train = Dataset.Samples(uninitialized: trainOffsets)
    let test = Dataset.Samples(uninitialized: testOffsets)
    let catalogue = Catalogue(log.items, sorted: isSampled)
    for user in 0..<users {
      if user & 0x3FFF == 0 { progress(.arranging(users: user, of: users)) }
      part.gather(user, log, events, offsets, self)
      let first = Int(offsets[user])
      var target = train
      var row = Int(trainOffsets[user])
      // The event before the next sample, and the first one of the same moment.
      var (seen, moment) = (first, first)
      for index in 0..<part.places.count {
        if index == part.training {
          target = test
          row = Int(testOffsets[user])
        }
        let place = part.places.pointer[index]
        while seen < place {
          seen += 1
          if events.timestamp[seen] != events.timestamp[moment] { moment = seen }
        }
        let position =
          switch rule {
          case .exposures, .clicks, .credited: Int32(moment - first)
          case .ratings, .reviews: Int32(place - first)
          }
        let item = events.item[place]
        target.set(row, item: item, label: labels[place], eventPosition: position)
        row += 1
        for _ in 0..<part.ratio {
          target.set(row, item: catalogue.other(than: item, &part.random), label: 0, eventPosition: position)
          row += 1
        }
      }
    }
    progress(.arranging(users: users, of: users))
    return (train, test)
  }

  private var isSampled: Bool {
    if case .reviews = rule { true } else { false }
  }

  /// One user's samples, before negatives join them.
  private struct Part: ~Copyable {
    /// Rows of the events that are samples, in time order, and their times.
    var places = GrowableBuffer<Int>()
    private var times = GrowableBuffer<Int64>()
    /// How many of them train.
    var training = 0
    /// How many negatives join each, and the stream they are drawn from.
    var ratio = 0
    var random = KeyedRandom(seed: 0)

    mutating func gather(
      _ user: Int, _ log: borrowing InteractionLog, _ events: Dataset.Events, _ offsets: Column<Int64>,
      _ builder: DatasetBuilder
    ) {
      places.removeAll()
      times.removeAll()
      var rows = Int(offsets[user])..<Int(offsets[user + 1])
      var lastSampled = UInt8.max
      switch builder.rule {
      case .reviews(let sampling, let keepFirst):
        (ratio, random) = sampling.stream(seed: builder.seed, user: log.users.string(user))
        if !keepFirst { rows = rows.dropFirst() }
      case .clicks: lastSampled = Dataset.Action.click.rawValue
      case .credited: lastSampled = Dataset.Action.exposure.rawValue
      case .ratings, .exposures: break
      }
      let outcome = (events.action ?? events.label).pointer
      for place in rows where outcome[place] <= lastSampled {
        places.append(place)
        times.append(events.timestamp[place])
      }
      training = builder.split.trainingCount(UnsafeBufferPointer(start: times.pointer, count: times.count))
      if let minimum = builder.minimumTrainingSamples, training * (1 + ratio) <= minimum {
        places.removeAll()
        training = 0
      }
    }
  }

  /// The items that negatives are drawn from, in the byte order of their identifiers: a draw depends on
  /// the set of items, not on the order of the file.
  private struct Catalogue {
    private var byName: [Int32] = []
    private var rank: [Int32] = []

    init(_ items: borrowing IdentifierTable, sorted: Bool) {
      guard sorted else { return }
      byName = items.sortedRows()
      rank = Array(repeating: 0, count: byName.count)
      for (place, row) in byName.enumerated() { rank[Int(row)] = Int32(place) }
    }

    /// Uniform over all items but `positive`.
    @inline(__always)
    func other(than positive: Int32, _ random: inout KeyedRandom) -> Int32 {
      let draw = random.below(byName.count - 1)
      return byName[draw < Int(rank[Int(positive)]) ? draw : draw + 1]
    }
  }
}

extension Dataset.Samples {
  /// Room for as many samples as `offsets` counts.
  fileprivate init(uninitialized offsets: Column<Int64>) {
    let count = Int(offsets[offsets.count - 1])
    self.init(
      offsets: offsets, item: Column(uninitialized: count), label: Column(uninitialized: count),
      eventPosition: Column(uninitialized: count))
  }

  @inline(__always)
  fileprivate func set(_ row: Int, item: Int32, label: UInt8, eventPosition: Int32) {
    self.item.values[row] = item
    self.label.values[row] = label
    self.eventPosition.values[row] = eventPosition
  }
}
