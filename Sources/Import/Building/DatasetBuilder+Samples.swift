import IO
import Support

extension DatasetBuilder {
  struct Parts {
    var train: Dataset.Samples
    var test: Dataset.Samples
    var negatives: ImportAccount.Negatives?
    var belowMinimum: ImportAccount.BelowMinimum?
    var origins: Origins?
  }

  /// - Parameters:
  ///   - outcomes: [events] what the log says of each: its label, or its action.
  ///   - labels: [events] the labels of those events that are samples.
  ///   - origins: [events] the row of the log that each comes from, where that is tracked.
  ///   - runs: those of users in whose order `origins` counts rows.
  ///   - hasRepeats: whether there are events of one user, item and time.
  ///   - source: the file that a message names.
  func samples(
    _ log: borrowing InteractionLog, _ events: Dataset.Events, outcomes: Column<UInt8>,
    _ labels: Column<UInt8>, _ offsets: Column<Int64>, origins: Column<Int32>?, _ runs: UserRuns,
    hasRepeats: Bool, source: String
  ) throws(ImportError) -> Parts {
    let users = log.users.count
    let trainOffsets = Column<Int64>(uninitialized: users + 1)
    let testOffsets = Column<Int64>(uninitialized: users + 1)
    (trainOffsets.values[0], testOffsets.values[0]) = (0, 0)
    var part = UserSamples(self, log, events)
    var mostTraining = 0
    var belowMinimum = minimumTrainingSamples.map { ImportAccount.BelowMinimum(minimum: $0) }
    for users in Pieces(ofUsers: offsets, bytesPerRow: DatasetBuilder.eventBytes) {
      for user in users {
        part.gather(user, log, events, outcomes, offsets)
        mostTraining = max(mostTraining, part.trainingRowsBeforeMinimum)
        belowMinimum?.add(part.rowsBelowMinimum)
        trainOffsets.values[user + 1] = trainOffsets[user] + Int64(part.rows(training: true))
        testOffsets.values[user + 1] = testOffsets[user] + Int64(part.rows(training: false))
      }
    }
    if let minimum = minimumTrainingSamples, mostTraining > 0, mostTraining <= minimum {
      throw .minimumLeavesNobody(file: source, minimum: minimum, most: mostTraining)
    }

    let train = Dataset.Samples(uninitialized: trainOffsets, areDrawn: samplesNegatives)
    let test = Dataset.Samples(uninitialized: testOffsets, areDrawn: samplesNegatives)
    let trainOrigins = origins.map { _ in Column<Int32>(uninitialized: train.count) }
    let testOrigins = origins.map { _ in Column<Int32>(uninitialized: test.count) }
    try checkMemory()
    let knowsMoment = knownOfMoment == .before
    let samples = train.count + test.count
    let bytesPerEvent = DatasetBuilder.eventBytes * (1 + samples / max(events.count, 1))
    var negatives = ImportAccount.Negatives()
    var items = MomentItems(events.item)
    for rows in Pieces(ofUsers: offsets, bytesPerRow: bytesPerEvent) {
      for user in rows {
        if user & 0x3FFF == 0 { progress(.arranging(users: user, of: users)) }
        part.gather(user, log, events, outcomes, offsets)
        let first = Int(offsets[user])
        var (target, targetOrigins) = (train, trainOrigins)
        var row = Int(trainOffsets[user])
        // The event before the next sample, and the first one of the same moment.
        var (seen, moment) = (first, first)
        for index in 0..<part.places.count {
          if index == part.training {
            (target, targetOrigins) = (test, testOrigins)
            row = Int(testOffsets[user])
          }
          let place = part.places.pointer[index]
          while seen < place {
            seen += 1
            if events.timestamp[seen] != events.timestamp[moment] { moment = seen }
          }
          let item = events.item[place]
          var seenBefore = knowsMoment ? place : moment
          if hasRepeats && knowsMoment {
            // A prefix that ends before the first event of the same item and time.
            seenBefore = items.first(item, from: moment, upTo: place) ?? place
          }
          let position = Int32(seenBefore - first)
          let time = events.timestamp[place]
          target.set(row, item: item, label: labels[place], position, time)
          if let origins { targetOrigins?.values[row] = origins[place] }
          row += 1
          if part.ratio == 0 { continue }
          let count = part.negatives(index)
          if count == 0 { negatives.positivesWithout += 1 }
          negatives.drawn += count
          let firstDrawn = row
          for _ in 0..<count {
            let negative = part.draw(index, positive: item)
            if target.item.values[firstDrawn..<row].contains(negative) { negatives.alike += 1 }
            var known = position
            if ownItemsAreDrawn && knowsMoment {
              // The user may have acted on the negative itself in this second.
              let own = items.first(negative, from: moment, upTo: seenBefore)
              known = own.map { Int32($0 - first) } ?? position
            }
            target.set(row, item: negative, label: 0, known, time, isDrawn: true)
            if let origins { targetOrigins?.values[row] = origins[place] }
            row += 1
          }
        }
      }
    }
    progress(.arranging(users: users, of: users))
    negatives.redrawn = part.redrawn
    var parts = Parts(train: train, test: test, negatives: samplesNegatives ? negatives : nil)
    parts.belowMinimum = belowMinimum
    if let origins, let trainOrigins, let testOrigins {
      parts.origins = Origins(
        events: runs.records(origins, offsets), train: runs.records(trainOrigins, trainOffsets),
        test: runs.records(testOrigins, testOffsets))
    }
    return parts
  }

  /// Bytes that are looked at of an event, and of a sample.
  private static var eventBytes: Int { 24 }

  /// What a sample knows of the events of its own second.
  var knownOfMoment: SameTime {
    if let sameTime { return sameTime }
    switch rule {
    case .exposures, .clicks, .credited: return .exclude
    case .ratings, .reviews: return .before
    }
  }

  private var ownItemsAreDrawn: Bool {
    if case .reviews(let sampling, _) = rule { sampling.ownItems == .asNegatives } else { false }
  }

  private var samplesNegatives: Bool { if case .reviews = rule { true } else { false } }
}

extension Dataset.Samples {
  /// Room for as many samples as `offsets` counts.
  fileprivate init(uninitialized offsets: Column<Int64>, areDrawn: Bool) {
    let count = Int(offsets[offsets.count - 1])
    self.init(
      offsets: offsets, item: Column(uninitialized: count), label: Column(uninitialized: count),
      eventPosition: Column(uninitialized: count), timestamp: Column(uninitialized: count),
      drawn: areDrawn ? Column(uninitialized: count) : nil)
  }

  @inline(__always)
  fileprivate func set(
    _ row: Int, item: Int32, label: UInt8, _ eventPosition: Int32, _ time: Int64, isDrawn: Bool = false
  ) {
    self.item.values[row] = item
    self.label.values[row] = label
    self.eventPosition.values[row] = eventPosition
    timestamp?.values[row] = time
    drawn?.values[row] = isDrawn ? 1 : 0
  }
}
