import HDF5
import IO

/// Data set files as another program writes them: the columns alone, whatever is in them, without digests, blocks and
/// provenance; categories, genome and actions in columns of their own.
package enum PlainDatasetFile {
  package static func write(_ dataset: Dataset, to path: String, version: Int = 1) throws {
    func fill(_ root: borrowing HDF5.Group) throws {
      try root.setAttribute("format", "lcft-dataset")
      try root.setAttribute("format_version", Int32(version))
      let users = try root.makeGroup("users")
      try users.write("id", dataset.users.id, description: "")
      try users.write("event_offsets", dataset.users.eventOffsets, description: "")
      try users.write("train_offsets", dataset.train.offsets, description: "")
      try users.write("test_offsets", dataset.test.offsets, description: "")
      let events = try root.makeGroup("events")
      try events.write("item", dataset.events.item, description: "")
      try events.write("timestamp", dataset.events.timestamp, description: "")
      try events.write("label", dataset.events.label, description: "")
      if let codes = dataset.actionCodes {
        try events.write("action", codes.values.map { UInt8(truncatingIfNeeded: $0) }, description: "")
      }
      try write(dataset.train, to: root.makeGroup("samples/train"))
      try write(dataset.test, to: root.makeGroup("samples/test"))
      let items = try root.makeGroup("items")
      try items.write("id", dataset.items.id, description: "")
      try items.write("category_offsets", dataset.categoryOffsets, description: "")
      try items.write("categories", dataset.itemCategories, description: "")
      if let genome = dataset.genome, let missing = dataset.genomeMissing {
        try items.write(
          "genome", UnsafeBufferPointer(genome.values.values),
          shape: [genome.values.count / genome.width, genome.width], description: "")
        try items.write("genome_known", missing.values.map { 1 &- $0 }, description: "")
      }
      try root.makeGroup("categories").write("id", dataset.categoryNames, description: "")
    }
    let file = try HDF5.File(creating: path)
    try fill(file.root())
    try file.close()
  }

  private static func write(_ samples: Dataset.Samples, to group: borrowing HDF5.Group) throws {
    try group.write("item", samples.item, description: "")
    try group.write("label", samples.label, description: "")
    try group.write("event_position", samples.eventPosition, description: "")
    if let probability = samples.probability { try group.write("probability", probability, description: "") }
  }
}
