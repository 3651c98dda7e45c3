import IO
import Support

extension DatasetBuilder {
  typealias Parts = (train: Dataset.Samples, test: Dataset.Samples, negatives: ImportAccount.Negatives?)

  /// - Parameters:
  ///   - outcomes: [events] what the log says of each: its label, or its action.
  ///   - labels: [events] the labels of those events that are samples.
  ///   - source: the file that a message names.
  func samples(
    _ log: borrowing InteractionLog, _ events: Dataset.Events, outcomes: Column<UInt8>,
    _ labels: Column<UInt8>, _ offsets: Column<Int64>, source: String
  ) throws(ImportError) -> Parts {
    let users = log.users.count
    let trainOffsets = Column<Int64>(uninitialized: users + 1)
    let testOffsets = Column<Int64>(uninitialized: users + 1)
    (trainOffsets.values[0], testOffsets.values[0]) = (0, 0)
    var part = UserSamples(self, log, events)
    var mostTraining = 0
    for user in 0..<users {
      part.gather(user, log, events, outcomes, offsets)
      mostTraining = max(mostTraining, part.trainingRowsBeforeMinimum)
      trainOffsets.values[user + 1] = trainOffsets[user] + Int64(part.rows(training: true))
      testOffsets.values[user + 1] = testOffsets[user] + Int64(part.rows(training: false))
    }
    if let minimum = minimumTrainingSamples, mostTraining > 0, mostTraining <= minimum {
      throw .minimumLeavesNobody(file: source, minimum: minimum, most: mostTraining)
    }

    let train = Dataset.Samples(uninitialized: trainOffsets, areDrawn: samplesNegatives)
    let test = Dataset.Samples(uninitialized: testOffsets, areDrawn: samplesNegatives)
    var negatives = ImportAccount.Negatives()
    for user in 0..<users {
      if user & 0x3FFF == 0 { progress(.arranging(users: user, of: users)) }
      part.gather(user, log, events, outcomes, offsets)
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
        let time = events.timestamp[place]
        target.set(row, item: item, label: labels[place], position, time)
        row += 1
        if part.ratio == 0 { continue }
        let count = part.negatives(index)
        if count == 0 { negatives.positivesWithout += 1 }
        negatives.drawn += count
        for _ in 0..<count {
          target.set(row, item: part.draw(index, positive: item), label: 0, position, time, isDrawn: true)
          row += 1
        }
      }
    }
    progress(.arranging(users: users, of: users))
    negatives.redrawn = part.redrawn
    return (train, test, samplesNegatives ? negatives : nil)
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
