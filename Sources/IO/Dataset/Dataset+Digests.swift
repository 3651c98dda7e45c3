import Support

/// Where a data set's categories, genome and actions lie in its file, which decides how its digest is made.
enum DatasetLayout: Sendable {
  /// Among all features, in `/features`.
  case features
  /// In columns of their own (`OlderColumns`); there are no other features.
  case columns
}

extension Dataset {
  /// The digests of all parts. The columns must belong together, as in a data set that was read or can be written.
  package func digests() -> DatasetDigests { digests(.features) }

  func digests(_ layout: DatasetLayout) -> DatasetDigests {
    precondition(blocks.users == users.count, "the blocks are those of the data set's users")
    return DatasetDigests(
      blocks: blocks, ofBlocks: digests(ofBlocks: 0..<blocks.count, layout), ofParts: digestsOfParts(layout))
  }

  func digests(ofBlocks range: Range<Int>, _ layout: DatasetLayout) -> [DatasetDigests.Block] {
    range.map { block in
      Spill.checkpoint()
      return digest(ofBlock: block, layout)
    }
  }

  /// Of the tables on the item side, in the order of the bytes of their paths.
  func digestsOfParts(_ layout: DatasetLayout) -> [DatasetDigests.Part] {
    let parts = layout == .features ? digestsOfItemSide() : OlderColumns(features).digestsOfItemSide(of: self)
    return parts.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// The content digest of format version 2, the root of `digests()`.
  package func contentDigest() -> String { digests().root }

  /// The rows of a block's users in every user-side column, in the order in which docs/files.md lists them; optional
  /// columns where present.
  private func digest(ofBlock block: Int, _ layout: DatasetLayout) -> DatasetDigests.Block {
    let own = DatasetRows(of: blocks.users(ofBlock: block), in: self)
    let (rows, eventRows, trainRows, testRows) = (own.users, own.events, own.train, own.test)
    var digest = ContentDigest()
    digest.add("/users/id", users.id, rows: rows)
    digest.add("/users/event_offsets", offsets: users.eventOffsets, of: rows)
    digest.add("/users/train_offsets", offsets: train.offsets, of: rows)
    digest.add("/users/test_offsets", offsets: test.offsets, of: rows)
    digest.add("/events/item", events.item, rows: eventRows)
    digest.add("/events/timestamp", events.timestamp, rows: eventRows)
    digest.add("/events/label", events.label, rows: eventRows)
    if layout == .columns { OlderColumns(features).addAction(to: &digest, rows: eventRows) }
    for (name, samples, rows) in [("train", train, trainRows), ("test", test, testRows)] {
      digest.add("/samples/\(name)/item", samples.item, rows: rows)
      digest.add("/samples/\(name)/label", samples.label, rows: rows)
      digest.add("/samples/\(name)/event_position", samples.eventPosition, rows: rows)
      if let probability = samples.probability {
        digest.add("/samples/\(name)/probability", probability, rows: rows)
      }
      if let timestamp = samples.timestamp {
        digest.add("/samples/\(name)/timestamp", timestamp, rows: rows)
      }
      if let drawn = samples.drawn { digest.add("/samples/\(name)/drawn", drawn, rows: rows) }
    }
    if layout == .features {
      features.addUserSide(to: &digest, users: rows, events: eventRows, train: trainRows, test: testRows)
    }
    let labels = UnsafeBufferPointer(rebasing: train.label.values[trainRows])
    return DatasetDigests.Block(
      events: eventRows.count, trainSamples: trainRows.count,
      trainPositives: labels.reduce(0) { $0 + Int($1) }, testSamples: testRows.count,
      digest: digest.finalize())
  }

  /// The parts that belong to no user.
  private func digestsOfItemSide() -> [DatasetDigests.Part] {
    var digest = ContentDigest()
    digest.add("/items/id", items.id)
    return [.init(path: "/items", digest: digest.finalize())] + features.digestsOfParts()
  }
}
