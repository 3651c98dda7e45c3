import HDF5
import Support

extension DatasetFile {
  /// Checks that the columns of `dataset`, read from `file` or about to be written there, have the lengths and values
  /// that they must have for one another.
  ///
  /// Throws `HDF5Error.wrongShape` or `.invalidValue`.
  static func validate(_ dataset: Dataset, file: String, _ layout: DatasetLayout = .features) throws {
    func at(_ path: String) -> HDF5.Location { HDF5.Location(file: file, path: path) }
    let (users, items) = (dataset.users.count, dataset.items.count)
    let events = dataset.events
    let eventCount = events.count

    try ColumnCheck(at("/users/event_offsets")).offsets(dataset.users.eventOffsets, users, into: eventCount)
    try ColumnCheck(at("/events/item")).ids(events.item, below: items, of: "/items")
    try ColumnCheck(at("/events/timestamp")).length(events.timestamp, eventCount)
    try ColumnCheck(at("/events/timestamp")).rising(events.timestamp, within: dataset.users.eventOffsets)
    try ColumnCheck(at("/events/label")).length(events.label, eventCount)
    try ColumnCheck(at("/events/label")).bits(events.label)

    for (name, samples) in [("train", dataset.train), ("test", dataset.test)] {
      let group = "/samples/\(name)"
      try ColumnCheck(at("/users/\(name)_offsets")).offsets(samples.offsets, users, into: samples.count)
      try ColumnCheck(at(group + "/item")).ids(samples.item, below: items, of: "/items")
      try ColumnCheck(at(group + "/label")).length(samples.label, samples.count)
      try ColumnCheck(at(group + "/label")).bits(samples.label)
      try ColumnCheck(at(group + "/event_position")).length(samples.eventPosition, samples.count)
      try ColumnCheck(at(group + "/event_position")).positions(
        samples.eventPosition, ofRows: samples.offsets, in: dataset.users.eventOffsets)
      if let probability = samples.probability {
        try ColumnCheck(at(group + "/probability")).length(probability, samples.count)
        try ColumnCheck(at(group + "/probability")).probabilities(probability)
      }
      if let timestamp = samples.timestamp {
        try ColumnCheck(at(group + "/timestamp")).length(timestamp, samples.count)
      }
      if let drawn = samples.drawn {
        try ColumnCheck(at(group + "/drawn")).length(drawn, samples.count)
        try ColumnCheck(at(group + "/drawn")).bits(drawn)
      }
    }
    try FeaturesCheck(dataset.features, file: file, layout).check(for: dataset)
  }
}
