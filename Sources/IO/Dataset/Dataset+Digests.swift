import Support

extension Dataset {
  /// The digests of all parts. The columns must belong together, as in a data set that was read or can be written.
  package func digests() -> DatasetDigests {
    precondition(blocks.users == users.count, "the blocks are those of the data set's users")
    return DatasetDigests(
      blocks: blocks, ofBlocks: (0..<blocks.count).map(digest(ofBlock:)), ofParts: digestsOfItemSide())
  }

  /// The content digest of format version 2, the root of `digests()`.
  package func contentDigest() -> String { digests().root }

  /// The rows of a block's users in every user-side column, in the order in which docs/files.md lists them; optional
  /// columns where present.
  private func digest(ofBlock block: Int) -> DatasetDigests.Block {
    let rows = blocks.users(ofBlock: block)
    func range(_ offsets: Column<Int64>) -> Range<Int> {
      Int(offsets[rows.lowerBound])..<Int(offsets[rows.upperBound])
    }
    var digest = ContentDigest()
    digest.add("/users/id", users.id, rows: rows)
    digest.add("/users/event_offsets", offsets: users.eventOffsets, of: rows)
    digest.add("/users/train_offsets", offsets: train.offsets, of: rows)
    digest.add("/users/test_offsets", offsets: test.offsets, of: rows)
    let eventRows = range(users.eventOffsets)
    digest.add("/events/item", events.item, rows: eventRows)
    digest.add("/events/timestamp", events.timestamp, rows: eventRows)
    digest.add("/events/label", events.label, rows: eventRows)
    if let action = events.action { digest.add("/events/action", action, rows: eventRows) }
    for (name, samples) in [("train", train), ("test", test)] {
      let sampleRows = range(samples.offsets)
      digest.add("/samples/\(name)/item", samples.item, rows: sampleRows)
      digest.add("/samples/\(name)/label", samples.label, rows: sampleRows)
      digest.add("/samples/\(name)/event_position", samples.eventPosition, rows: sampleRows)
      if let probability = samples.probability {
        digest.add("/samples/\(name)/probability", probability, rows: sampleRows)
      }
    }
    let trainRows = range(train.offsets)
    let labels = UnsafeBufferPointer(rebasing: train.label.values[trainRows])
    return DatasetDigests.Block(
      events: eventRows.count, trainSamples: trainRows.count,
      trainPositives: labels.reduce(0) { $0 + Int($1) }, testSamples: range(test.offsets).count,
      digest: digest.finalize())
  }

  /// The parts that belong to no user, in the order of the bytes of their paths.
  private func digestsOfItemSide() -> [DatasetDigests.Part] {
    var parts: [DatasetDigests.Part] = []
    var digest = ContentDigest()
    digest.add("/categories/id", categories)
    parts.append(.init(path: "/categories", digest: digest.finalize()))
    digest = ContentDigest()
    digest.add("/items/id", items.id)
    digest.add("/items/category_offsets", items.categoryOffsets)
    digest.add("/items/categories", items.categories)
    parts.append(.init(path: "/items", digest: digest.finalize()))
    if let genome = items.genome {
      digest = ContentDigest()
      digest.add("/items/genome", genome.values, shape: [items.count, genome.width])
      digest.add("/items/genome_known", genome.known)
      parts.append(.init(path: "/items/genome", digest: digest.finalize()))
    }
    return parts
  }

  /// The content digest of format version 1: one `ContentDigest` of all columns, in the order in which docs/files.md
  /// lists them; optional columns where present.
  package func contentDigestOfVersion1() -> String {
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
