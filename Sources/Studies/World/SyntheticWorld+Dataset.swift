import IO
import Import
import Support

extension SyntheticWorld {
  /// The world as a data set: a user's clicks are events (label 1), or with `Options.actions` all that was
  /// shown, with the action on it. What was shown in the training and the test period are samples, which know
  /// the events of strictly earlier seconds. `Options.features` adds features of all kinds.
  ///
  /// Memory beyond the data set does not grow with the number of users, nor does that of the data set where large
  /// columns lie in files (`Spill`).
  package func dataset(progress: ImportProgress = { _ in }) throws(ImportError) -> Dataset {
    let users = options.users
    let eventOffsets = Column<Int64>(uninitialized: users + 1)
    eventOffsets.values[0] = 0
    var eventItem = GrowableBuffer<Int32>()
    var eventTimestamp = GrowableBuffer<Int64>()
    var eventAction = GrowableBuffer<UInt8>()
    var training = SampleRows(users: users)
    var test = SampleRows(users: users)
    var featureRows = FeatureRows()
    var exposures: [Exposure] = []
    for index in 0..<users {
      if index & 0xFFF == 0 { progress(.arranging(users: index, of: users)) }
      if index & 0xFF == 0 {
        Spill.checkpoint()
        try checkMemory()
      }
      let user = user(index)
      exposures.removeAll(keepingCapacity: true)
      for period in Period.allCases { append(exposuresOf: user, in: period, to: &exposures) }
      if let person = user.person { featureRows.append(person) }
      let firstEvent = eventItem.count
      let trainingStart = Period.training.times.lowerBound
      let testStart = Period.test.times.lowerBound
      // Events before the second that is looked at.
      var earlier = 0
      var second: Int64 = 0
      for exposure in exposures {
        if exposure.timestamp != second {
          earlier = eventItem.count - firstEvent
          second = exposure.timestamp
        }
        if exposure.timestamp >= testStart {
          test.append(exposure, eventPosition: earlier)
          if features != nil { featureRows.test.append(exposure.context) }
        } else if exposure.timestamp >= trainingStart {
          training.append(exposure, eventPosition: earlier)
          if features != nil { featureRows.training.append(exposure.context) }
        }
        if options.actions || exposure.clicked {
          eventItem.append(exposure.item)
          eventTimestamp.append(exposure.timestamp)
          eventAction.append(exposure.action.rawValue)
          if features != nil { featureRows.append(event: exposure) }
        }
      }
      eventOffsets.values[index + 1] = Int64(eventItem.count)
      training.endUser(index)
      test.endUser(index)
    }
    progress(.arranging(users: users, of: users))

    let action = eventAction.column()
    let label = action.map { $0 == Dataset.Action.exposure.rawValue ? 0 : 1 as UInt8 }
    let categoryOffsets = Column<Int64>((0...options.items).lazy.map { Int64($0) })
    var known = Features()
    known.addCategories(
      StringColumn((0..<options.categories).lazy.map { "c\($0)" }), offsets: categoryOffsets,
      values: Column(itemCategory), source: "the world")
    if options.actions {
      known.addActions(action.map { Int32($0) }, source: "the world")
    }
    var dataset = Dataset(
      users: Dataset.Users(
        id: StringColumn((0..<users).lazy.map { "u\($0)" }), eventOffsets: eventOffsets),
      events: Dataset.Events(item: eventItem.column(), timestamp: eventTimestamp.column(), label: label),
      train: training.samples(), test: test.samples(),
      items: Dataset.Items(id: StringColumn((0..<options.items).lazy.map { "i\($0)" })), features: known,
      provenance: Dataset.Provenance(
        kind: "synthetic", splitRule: SplitRule.timestamp(Period.training.times.upperBound - 1).text,
        seed: options.seed, negativeSampling: "none", settings: options.settings))
    addFeatures(to: &dataset, featureRows)
    dataset.countOccurrences()
    dataset.orderVocabularies()
    dataset.fitNumericSteps()
    try checkMemory()
    return dataset
  }
}

/// Samples while users are added.
private struct SampleRows: ~Copyable {
  private let offsets: Column<Int64>
  private var item = GrowableBuffer<Int32>()
  private var label = GrowableBuffer<UInt8>()
  private var eventPosition = GrowableBuffer<Int32>()
  private var probability = GrowableBuffer<Float>()
  private var timestamp = GrowableBuffer<Int64>()

  init(users: Int) {
    offsets = Column(uninitialized: users + 1)
    offsets.values[0] = 0
  }

  mutating func append(_ exposure: SyntheticWorld.Exposure, eventPosition position: Int) {
    item.append(exposure.item)
    label.append(exposure.clicked ? 1 : 0)
    eventPosition.append(Int32(position))
    probability.append(exposure.probability)
    timestamp.append(exposure.timestamp)
  }

  func endUser(_ index: Int) { offsets.values[index + 1] = Int64(item.count) }

  consuming func samples() -> Dataset.Samples {
    Dataset.Samples(
      offsets: offsets, item: item.column(), label: label.column(), eventPosition: eventPosition.column(),
      probability: probability.column(), timestamp: timestamp.column())
  }
}
