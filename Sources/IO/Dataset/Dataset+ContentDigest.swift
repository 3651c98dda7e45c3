extension Dataset {
  /// `ContentDigest` of all columns of the data set in the order in which the file documents them: users and
  /// offsets, events, training samples, test samples, items, categories; optional columns where present.
  package func contentDigest() -> String {
    var digest = ContentDigest()
    digest.add("/users/id", users.id)
    digest.add("/users/event_offsets", users.eventOffsets)
    digest.add("/users/train_offsets", train.offsets)
    digest.add("/users/test_offsets", test.offsets)
    digest.add("/events/item", events.item)
    digest.add("/events/timestamp", events.timestamp)
    digest.add("/events/label", events.label)
    if let action = events.action { digest.add("/events/action", action) }
    for (name, samples) in [("train", train), ("test", test)] {
      digest.add("/samples/\(name)/item", samples.item)
      digest.add("/samples/\(name)/label", samples.label)
      digest.add("/samples/\(name)/event_position", samples.eventPosition)
      if let probability = samples.probability { digest.add("/samples/\(name)/probability", probability) }
    }
    digest.add("/items/id", items.id)
    digest.add("/items/category_offsets", items.categoryOffsets)
    digest.add("/items/categories", items.categories)
    if let genome = items.genome {
      digest.add("/items/genome", genome.values, shape: [items.count, genome.width])
      digest.add("/items/genome_known", genome.known)
    }
    digest.add("/categories/id", categories)
    return digest.finalize()
  }
}
