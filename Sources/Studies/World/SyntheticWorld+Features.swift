import IO
import Support

extension SyntheticWorld {
  /// The features of users and items. Those of samples and events are gathered while these are made.
  func addFeatures(to dataset: inout Dataset, _ rows: consuming FeatureRows) {
    guard let features else { return }
    func number(
      _ name: String, _ owner: FeatureOwner, _ columns: [FeatureColumn], isLogarithmic: Bool = true,
      _ text: String
    ) {
      // Its parameters are fitted to the training part once the data set is whole.
      let standardised = NumericStep.standardised(mean: 0, deviation: 1)
      dataset.features[owner].append(
        Feature(
          name, .numeric(steps: isLogarithmic ? [.log, standardised] : [standardised]), columns,
          description: text,
          source: "the world"))
    }
    func categorical(
      _ name: String, _ owner: FeatureOwner, _ columns: [FeatureColumn], values: [String],
      minimumCount: Int = 0, _ text: String
    ) {
      dataset.features.vocabularies.append(
        Vocabulary(allKnown: StringColumn(values), name: name, minimumCount: minimumCount))
      dataset.features[owner].append(
        Feature(
          name, .categorical(vocabulary: name, table: name), columns, description: text, source: "the world"))
    }
    categorical(
      "segment", .users, [.values(rows.segment.column())],
      values: (0..<WorldFeatures.segments).map { "s\($0)" }, "group of the user, which likes some brands")
    number("age", .users, [rows.age.numbers()], isLogarithmic: false, "age of the user in years")
    categorical(
      "brand", .items, [.values(Column(features.brand))],
      values: (0..<features.brandCount).map { "b\($0)" }, minimumCount: 20, "brand of the item")
    number(
      "price", .items,
      [
        .numbers(
          Column(features.priceScore.lazy.map { $0.isNaN ? 0 : WorldFeatures.price($0) }),
          missing: Column(features.priceScore.lazy.map { $0.isNaN ? 1 : 0 }))
      ], "price of the item")
    let tags = Column(features.itemTags.flatMap(\.self))
    let ends = features.itemTags.reduce(into: [Int64(0)]) { $0.append($0[$0.count - 1] + Int64($1.count)) }
    categorical(
      "tags", .items, [.lists(offsets: Column(ends), values: tags)],
      values: (0..<WorldFeatures.tags).map { "t\($0)" }, "tags of the item")
    categorical(
      "device", .samples, [.values(rows.training.device.column()), .values(rows.test.device.column())],
      values: WorldFeatures.devices.map(\.name), "device on which the item is shown")
    categorical(
      "hour", .samples, [.values(rows.training.hour.column()), .values(rows.test.hour.column())],
      values: (0..<24).map { "\($0)" }, "hour of the day, by UTC")
    number(
      "position", .samples, [rows.training.position.numbers(), rows.test.position.numbers()],
      "place in the list, from 1")
    number("seen", .events, [rows.seen.numbers()], "seconds for which the item was seen in the list")
    number("dwell", .events, [rows.dwell.numbers()], "seconds for which the item's page was open")
  }

  /// The features of a world's users, samples and events while these are made.
  struct FeatureRows: ~Copyable {
    var segment = GrowableBuffer<Int32>()
    var age = OptionalNumbers()
    var training = ContextRows()
    var test = ContextRows()
    var seen = OptionalNumbers()
    var dwell = OptionalNumbers()

    mutating func append(_ person: WorldFeatures.Person) {
      segment.append(Int32(person.segment))
      age.append(person.age.map(Float.init))
    }

    mutating func append(event exposure: Exposure) {
      seen.append(exposure.seen)
      dwell.append(exposure.dwell)
    }
  }

  struct ContextRows: ~Copyable {
    var device = GrowableBuffer<Int32>()
    var hour = GrowableBuffer<Int32>()
    var position = OptionalNumbers()

    mutating func append(_ context: WorldFeatures.Context) {
      device.append(context.device)
      hour.append(context.hour)
      position.append(context.position == 0 ? nil : Float(context.position))
    }
  }

  /// Numbers of which some are missing.
  struct OptionalNumbers: ~Copyable {
    private var values = GrowableBuffer<Float>()
    private var missing = GrowableBuffer<UInt8>()

    mutating func append(_ value: Float?) {
      values.append(value ?? 0)
      missing.append(value == nil ? 1 : 0)
    }

    consuming func numbers() -> FeatureColumn { .numbers(values.column(), missing: missing.column()) }
  }
}

/// The circumstances of a part's samples, as a world's data set has them.
package struct WorldContexts {
  private let device: FeatureColumn
  private let hour: FeatureColumn
  private let position: FeatureColumn

  /// `part` is 0 for training, 1 for test; nil where the data set has no such features.
  package init?(_ dataset: Dataset, part: Int) {
    func column(_ name: String) -> FeatureColumn? {
      dataset.features.feature(.samples, name)?.columns[part]
    }
    guard let device = column("device"), let hour = column("hour"), let position = column("position") else {
      return nil
    }
    (self.device, self.hour, self.position) = (device, hour, position)
  }

  /// Those of a sample.
  package subscript(row: Int) -> WorldFeatures.Context {
    var place: Int32 = 0
    if case .numbers(let values, let missing) = position, missing.map({ $0[row] == 0 }) ?? true {
      place = Int32(values[row])
    }
    return WorldFeatures.Context(
      device: device.values(ofRow: row).first ?? -1, hour: hour.values(ofRow: row).first ?? -1,
      position: place)
  }
}
