import HDF5
import Support

extension DatasetFile {
  /// Checks that the columns of `dataset`, read from `file` or about to be written there, have the lengths and values
  /// that they must have for one another.
  ///
  /// Throws `HDF5Error.wrongShape` or `.invalidValue`.
  static func validate(_ dataset: Dataset, file: String, _ layout: DatasetLayout = .features) throws {
    try validateOutline(of: dataset, file: file, layout)
    let rows = DatasetRows(of: 0..<dataset.users.count, in: dataset)
    try validate(rows: rows, of: dataset, file: file, layout)
  }

  /// Checks the lengths and the offsets of the columns, and all that belongs to no user.
  static func validateOutline(of dataset: Dataset, file: String, _ layout: DatasetLayout) throws {
    func at(_ path: String) -> HDF5.Location { HDF5.Location(file: file, path: path) }
    let users = dataset.users.count
    let events = dataset.events
    let eventCount = events.count

    try ColumnCheck(at("/users/event_offsets")).offsets(dataset.users.eventOffsets, users, into: eventCount)
    try ColumnCheck(at("/events/timestamp")).length(events.timestamp, eventCount)
    try ColumnCheck(at("/events/label")).length(events.label, eventCount)

    for (name, samples) in [("train", dataset.train), ("test", dataset.test)] {
      let group = "/samples/\(name)"
      try ColumnCheck(at("/users/\(name)_offsets")).offsets(samples.offsets, users, into: samples.count)
      try ColumnCheck(at(group + "/label")).length(samples.label, samples.count)
      try ColumnCheck(at(group + "/event_position")).length(samples.eventPosition, samples.count)
      if let probability = samples.probability {
        try ColumnCheck(at(group + "/probability")).length(probability, samples.count)
      }
      if let timestamp = samples.timestamp {
        try ColumnCheck(at(group + "/timestamp")).length(timestamp, samples.count)
      }
      if let drawn = samples.drawn { try ColumnCheck(at(group + "/drawn")).length(drawn, samples.count) }
    }
    try FeaturesCheck(dataset.features, file: file, layout).checkOutline(for: dataset)
  }

  /// Checks the values of `rows`, of columns that have passed `validateOutline`. Throws `HDF5Error.invalidValue`.
  static func validate(
    rows: DatasetRows, of dataset: Dataset, file: String, _ layout: DatasetLayout
  ) throws {
    func at(_ path: String) -> HDF5.Location { HDF5.Location(file: file, path: path) }
    let (items, events) = (dataset.items.count, dataset.events)
    try ColumnCheck(at("/events/item")).ids(events.item, rows: rows.events, below: items, of: "/items")
    try ColumnCheck(at("/events/timestamp")).rising(
      events.timestamp, within: dataset.users.eventOffsets, users: rows.users)
    try ColumnCheck(at("/events/label")).bits(events.label, rows: rows.events)
    for (name, samples, own) in [("train", dataset.train, rows.train), ("test", dataset.test, rows.test)] {
      let group = "/samples/\(name)"
      try ColumnCheck(at(group + "/item")).ids(samples.item, rows: own, below: items, of: "/items")
      try ColumnCheck(at(group + "/label")).bits(samples.label, rows: own)
      try ColumnCheck(at(group + "/event_position")).positions(
        samples.eventPosition, ofRows: samples.offsets, in: dataset.users.eventOffsets, users: rows.users)
      if let probability = samples.probability {
        try ColumnCheck(at(group + "/probability")).probabilities(probability, rows: own)
      }
      if let drawn = samples.drawn { try ColumnCheck(at(group + "/drawn")).bits(drawn, rows: own) }
    }
    try FeaturesCheck(dataset.features, file: file, layout).checkValues(of: rows)
  }
}
