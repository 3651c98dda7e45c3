import Models
import Support

/// Every layer of DIN at the reference sizes by itself, on the part of a batch that one of 8 shards has, 128 samples
/// with 8 history entries each: forward, and forward with backward.
struct LayerBenchmarks {
  let report: Report
  private let samples = 128
  private let entries = 8

  func run() throws {
    try layer("Linear 63 -> 200", columns: 63) { Linear("x", inputs: 63, outputs: 200, in: &$0) }
    try layer("Linear 200 -> 80", columns: 200) { Linear("x", inputs: 200, outputs: 80, in: &$0) }
    try layer("Dice 200", columns: 200) { Dice("x", columns: 200, in: &$0) }
    try layer("PReLU 200", columns: 200) { PReLU("x", columns: 200, in: &$0) }
    try layer("BatchNormalization 63", columns: 63) { BatchNormalization("x", columns: 63, in: &$0) }
    for input in AttentionInput.allCases {
      let width = input == .original ? 128 : 18
      try attention("Attention on \(width), \(input.rawValue) input", width: width, input)
    }
  }

  private func layer(_ name: String, columns: Int, make: (inout ModelLayout) -> any Layer) throws {
    var layout = ModelLayout()
    let layer = make(&layout)
    let bench = PassBench(layout, samples: samples, entries: entries)
    let x = KernelBenchmarks.numbers(samples * columns)
    func forward() throws -> Matrix {
      bench.pass.arena.reset()
      let input = Matrix(bench.samplePartition, columns: columns, in: bench.pass.arena)
      input.values.update(from: x, count: x.count)
      return try layer.forward(input, bench.pass)
    }
    try measure(
      name, forward: { _ = try forward() }, both: { _ = try layer.backward(try forward(), bench.pass) })
  }

  private func attention(_ name: String, width: Int, _ input: AttentionInput) throws {
    var layout = ModelLayout()
    let attention = Attention(
      "x", queryWidth: width, keyWidth: width, hidden: (80, 40), input: input, in: &layout)
    let bench = PassBench(layout, samples: samples, entries: entries)
    let x = KernelBenchmarks.numbers(samples * entries * width)
    func forward() throws -> (queries: Matrix, keys: Matrix, y: Matrix) {
      let arena = bench.pass.arena
      arena.reset()
      let queries = Matrix(bench.samplePartition, columns: width, in: arena)
      let keys = Matrix(bench.history.keyPartition, columns: width, in: arena)
      queries.values.update(from: x, count: samples * width)
      keys.values.update(from: x, count: x.count)
      let y = Matrix(bench.samplePartition, columns: width, in: arena)
      try attention.forward(queries, keys, bench.history, y, bench.pass)
      return (queries, keys, y)
    }
    func both() throws {
      let (queries, keys, y) = try forward()
      let dqueries = Matrix(zeros: queries.partition, columns: width, in: bench.pass.arena)
      let dkeys = Matrix(zeros: keys.partition, columns: width, in: bench.pass.arena)
      try attention.backward(y, dqueries, dkeys, bench.pass)
    }
    try measure(name, forward: { _ = try forward() }, both: both)
  }

  private func measure(_ name: String, forward: () throws -> Void, both: () throws -> Void) throws {
    let repeats = 100
    func line(_ kind: String, _ work: () throws -> Void) throws {
      let measurement = try Measurement.best(allocationsPer: Double(repeats)) {
        for _ in 0..<repeats { try work() }
        return Double(repeats * samples)
      }
      report.line("\(name), \(kind)", measurement, "samples")
    }
    try line("forward", forward)
    try line("forward and backward", both)
  }
}

/// A pass with its memory, over samples with equally long histories that share no entries.
private final class PassBench {
  let pass: Pass
  let samplePartition: RowPartition
  let history: History
  private let memory = Arena()

  init(_ layout: ModelLayout, samples: Int, entries: Int) {
    let weights = Weights(layout: layout, rowCounts: [1, 1])
    weights.initialize(seed: 1)
    func partition(_ count: Int, _ memory: Arena) -> RowPartition {
      let offsets = memory.take(2, of: Int.self)
      (offsets[0], offsets[1]) = (0, count)
      return RowPartition(offsets: offsets, shards: 1)
    }
    samplePartition = partition(samples, memory)
    let pairs = partition(samples * entries, memory)
    let keys = memory.take(samples * entries, of: Int32.self)
    let starts = memory.take(samples, of: Int32.self)
    let lengths = memory.take(samples, of: Int32.self)
    for k in 0..<samples * entries { keys[k] = Int32(k) }
    for b in 0..<samples { (starts[b], lengths[b]) = (Int32(b * entries), Int32(entries)) }
    history = History(
      keyPartition: pairs, keys: keys, starts: starts, lengths: lengths, pairPartition: pairs)
    let parameters = memory.take(layout.parameterCount, of: Float.self)
    parameters.update(from: weights.dense, count: layout.parameterCount)
    let statistics = memory.take(layout.statisticCount, of: Float.self)
    statistics.update(from: weights.statistics, count: layout.statisticCount)
    pass = Pass(
      layout: layout, arena: Arena(bytes: 1 << 23), normalization: .moving, parameters: parameters,
      statistics: statistics, gradients: memory.takeZeros(layout.parameterCount, of: Float.self))
  }
}
