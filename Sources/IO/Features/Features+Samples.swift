import Support

extension Features {
  /// The features of a data set whose training samples are some of this one's, those of `train`, and whose test samples
  /// are the training samples `test`, or stay as they are. The rows of a range are in `memory`; throws what that throws.
  package func cuttingSamples(
    train: some Collection<Range<Int>>, test: (some Collection<Range<Int>>)? = [Range<Int>]?.none,
    in memory: any MemorySource = OwnMemory()
  ) throws -> Features {
    var cut = self
    for index in samples.indices {
      let (whole, width) = (samples[index].columns[0], samples[index].vectorWidth ?? 1)
      cut.samples[index].columns[0] = try whole.taking(train, width: width, in: memory)
      if let test { cut.samples[index].columns[1] = try whole.taking(test, width: width, in: memory) }
    }
    return cut
  }
}

extension FeatureColumn {
  /// The rows of `ranges`, one after the other; `width` is that of a row of numbers.
  fileprivate func taking(
    _ ranges: some Collection<Range<Int>>, width: Int, in memory: any MemorySource
  ) throws -> FeatureColumn {
    switch self {
    case .values(let values): return .values(try values.taking(ranges, in: memory))
    case .numbers(let numbers, let missing):
      return .numbers(
        try numbers.taking(ranges.map { $0.lowerBound * width..<$0.upperBound * width }, in: memory),
        missing: try missing?.taking(ranges, in: memory))
    case .lists(let offsets, let values):
      let taken = ranges.map { Int(offsets[$0.lowerBound])..<Int(offsets[$0.upperBound]) }
      let rows = ranges.reduce(0) { $0 + $1.count }
      let newOffsets = try Column<Int64>(rows + 1, in: memory)
      var next = 0
      for range in ranges {
        for row in range {
          newOffsets.values[next + 1] = newOffsets[next] + offsets[row + 1] - offsets[row]
          next += 1
        }
      }
      return .lists(offsets: newOffsets, values: try values.taking(taken, in: memory))
    }
  }
}

extension Column {
  fileprivate func taking(
    _ ranges: some Collection<Range<Int>>, in memory: any MemorySource
  ) throws -> Column<Element> {
    let taken = try Column(ranges.reduce(0) { $0 + $1.count }, in: memory)
    var next = 0
    for range in ranges {
      for row in range {
        taken.values[next] = self[row]
        next += 1
      }
    }
    return taken
  }
}
