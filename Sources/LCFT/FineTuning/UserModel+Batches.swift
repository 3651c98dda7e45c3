import Models
import Support

extension UserModel {
  /// The batches of `samples`: in random order for an epoch of a fine-tuning, in their own order for scoring
  /// (`epoch` nil) and where one batch holds them all, whose order does not matter. Within a batch of a fine-tuning negatives
  /// come before positives. Assembled in the local
  /// ids of `gather` at the first call for a user, and kept until `begin`: whatever the weights, the labels
  /// and the learning rate, the batches are the same.
  func batches(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, user: Int, epoch: Int?, size: Int
  ) -> UnsafeBufferPointer<PreparedBatch> {
    precondition(source != nil, "the user's rows were gathered")
    var (epoch, size) = (epoch, size)
    if samples.count <= min(size, UserModel.scoringBatch) { (epoch, size) = (nil, UserModel.scoringBatch) }
    let key = PreparedPass(samples: samples, epoch: epoch ?? -1, size: size, batches: nil)
    for index in 0..<passes.count where passes.pointer[index].isSame(as: key) {
      return UnsafeBufferPointer(
        start: passes.pointer[index].batches, count: UserModel.batchCount(samples.count, size))
    }
    var ordered = samples.baseAddress
    if let epoch {
      shuffled.removeAll()
      for sample in samples { shuffled.append(sample) }
      var random = KeyedRandom(seed: job.seed, .fineTuningOrder, UInt64(user), UInt64(epoch))
      random.shuffle(UnsafeMutableBufferPointer(start: shuffled.pointer, count: samples.count))
      ordered = shuffled.pointer
    }
    let count = UserModel.batchCount(samples.count, size)
    let batches = userArena.take(count, of: PreparedBatch.self)
    for index in 0..<count {
      let start = index * size
      let own = UnsafeMutableBufferPointer(start: ordered! + start, count: min(size, samples.count - start))
      let places = epoch != nil || count == 1 ? placesByClass(own) : nil
      let batch = assemble(places.map { inOrder(own, of: $0) } ?? own, in: userArena)
      let rows = touchedRows(batch)
      builder.localize(batch, shard: 0)
      batches[index] = PreparedBatch(batch: batch, places: places, touched: rows)
    }
    var pass = key
    pass.batches = batches
    passes.append(pass)
    return UnsafeBufferPointer(start: batches, count: count)
  }

  /// The places of the negatives among `samples`, then those of the positives: sums over a class then go over the rows of
  /// the class alone.
  private func placesByClass(
    _ samples: UnsafeMutableBufferPointer<SampleReference>
  ) -> UnsafePointer<Int32> {
    let places = userArena.take(samples.count, of: Int32.self)
    var next = 0
    for place in 0..<samples.count where samples[place].label <= 0 {
      places[next] = Int32(place)
      next += 1
    }
    for place in 0..<samples.count where samples[place].label > 0 {
      places[next] = Int32(place)
      next += 1
    }
    return UnsafePointer(places)
  }

  private func inOrder(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, of places: UnsafePointer<Int32>
  ) -> UnsafeMutableBufferPointer<SampleReference> {
    byClass.removeAll()
    for index in 0..<samples.count { byClass.append(samples[Int(places[index])]) }
    return UnsafeMutableBufferPointer(start: byClass.pointer, count: samples.count)
  }

  private static func batchCount(_ samples: Int, _ size: Int) -> Int { (samples + size - 1) / size }

  /// The local rows that a batch in the data set's ids touches, by `RowSpace.index`, in the user's arena;
  /// nil where the optimiser does not ask for them.
  private func touchedRows(_ batch: Batch) -> UnsafePointer<UnsafeBufferPointer<Int32>>? {
    guard let touched else { return nil }
    touched.begin()
    touched.beginShard()
    touched.note(batch, shard: 0)
    touched.finishShard()
    let lists = userArena.take(builder.spaces.count, of: UnsafeBufferPointer<Int32>.self)
    for space in builder.spaces {
      let (rows, partition) = touched.rows(space)
      let local = userArena.take(partition.count, of: Int32.self)
      for r in 0..<partition.count { local[r] = builder.localID(rows[r], space) }
      lists[space.index] = UnsafeBufferPointer(start: local, count: partition.count)
    }
    return UnsafePointer(lists)
  }

  /// A batch of one shard, in the data set's ids.
  func assemble(
    _ samples: UnsafeMutableBufferPointer<SampleReference>, in arena: Arena
  ) -> Batch {
    let offsets = arena.take(2, of: Int.self)
    offsets[0] = 0
    offsets[1] = samples.count
    return assembler.assemble(
      samples.baseAddress!, RowPartition(offsets: UnsafePointer(offsets), shards: 1), in: arena)
  }
}
