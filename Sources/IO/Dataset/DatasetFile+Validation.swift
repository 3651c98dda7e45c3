import HDF5
import Support

extension DatasetFile {
  /// Checks that the columns of `dataset`, read from `file` or about to be written there, have the lengths and values that they must have
  /// for one another.
  ///
  /// Throws `HDF5Error.wrongShape` or `.invalidValue`.
  static func validate(_ dataset: Dataset, file: String) throws {
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
    if let action = events.action {
      try ColumnCheck(at("/events/action")).length(action, eventCount)
      try ColumnCheck(at("/events/action")).actions(action)
    }

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
    }

    let categories = dataset.items.categories
    try ColumnCheck(at("/items/category_offsets")).offsets(
      dataset.items.categoryOffsets, items, into: categories.count)
    try ColumnCheck(at("/items/categories")).ids(
      categories, below: dataset.categories.count, of: "/categories")
    if let genome = dataset.items.genome {
      guard genome.values.count == items * genome.width else {
        throw HDF5Error.wrongShape(
          at("/items/genome"), expected: "\(items) rows",
          found: ["\(genome.values.count / max(genome.width, 1))", "\(genome.width)"])
      }
      try ColumnCheck(at("/items/genome")).finite(genome.values, width: genome.width)
      try ColumnCheck(at("/items/genome_known")).length(genome.known, items)
      try ColumnCheck(at("/items/genome_known")).bits(genome.known)
    }
  }
}

extension ColumnCheck {
  /// Codes of `Dataset.Action`, which are numbered from 0 without a gap.
  fileprivate func actions(_ column: Column<UInt8>) throws(HDF5Error) {
    let codes = column.pointer
    let count = UInt8(Dataset.Action.allCases.count)
    var largest: UInt8 = 0
    for row in 0..<column.count { largest = max(largest, codes[row]) }
    guard largest >= count else { return }
    for row in 0..<column.count where codes[row] >= count {
      throw invalid(row, codes[row], Dataset.Action.legend)
    }
  }
}
