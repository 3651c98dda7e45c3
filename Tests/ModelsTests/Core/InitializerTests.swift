import Models
import Testing

/// What weights begin with.
@Suite struct InitializerTests {
  /// A normal distribution of the given deviation: mean, deviation and the share beyond two deviations (4.55%) are within
  /// four standard errors of 40,000 draws, and a row has the same bits wherever the rows begin to be drawn.
  @Test func normalValues() {
    let (rows, columns) = (4000, 10)
    let values = drawn(.normal(deviation: 0.03), rows, columns)
    let count = Double(values.count)
    let mean = values.reduce(0) { $0 + Double($1) } / count
    let variance = values.reduce(0) { $0 + Double($1) * Double($1) } / count - mean * mean
    #expect(abs(mean) < 4 * 0.03 / count.squareRoot())
    #expect(abs(variance.squareRoot() - 0.03) < 4 * 0.03 / (2 * count).squareRoot())
    let beyond = Double(values.count { abs($0) > 0.06 }) / count
    #expect(abs(beyond - 0.0455) < 4 * (0.0455 * 0.9545 / count).squareRoot())
    #expect(Set(values).count > values.count * 99 / 100)
    #expect(drawn(.normal(deviation: 0.03), 3, columns) == Array(values.prefix(3 * columns)))
  }

  private func drawn(_ initializer: Initializer, _ rows: Int, _ columns: Int) -> [Float] {
    var values = [Float](repeating: 0, count: rows * columns)
    initializer.fill(&values, rows: rows, columns: columns, name: "item", seed: 3)
    return values
  }

  /// All embeddings begin as asked for, also those that are a dense weight; everything else as its layer has it.
  @Test func embeddingsOfChoice() throws {
    var configuration = ModelRegistry.configuration("EdgeRec")
    configuration.features = FeatureWorld.genome(actions: true)
    let layout = try ModelRegistry.make(configuration).layout
    let counts = configuration.features.rowCounts(users: 30, items: 40)
    let (usual, small) = (
      Weights(layout: layout, rowCounts: counts), Weights(layout: layout, rowCounts: counts)
    )
    usual.initialize(seed: 2)
    small.initialize(seed: 2, embeddings: .normal(deviation: 1e-4))
    for (index, table) in layout.tables.enumerated() {
      let values = (0..<counts[table.space.index] * table.width).map { small.tables[index][$0] }
      #expect(values.contains { $0 != 0 } && values.allSatisfy { abs($0) < 1e-3 }, "\(table.name)")
    }
    #expect(!layout.denseTables.isEmpty)
    for parameter in layout.parameters {
      let isTable = layout.denseTables.contains { $0.offset == parameter.offset }
      for i in parameter.offset..<parameter.offset + parameter.count {
        #expect(isTable ? abs(small.dense[i]) < 1e-3 : small.dense[i] == usual.dense[i], "\(parameter.name)")
      }
    }
  }

  /// Of the models, as docs/jobs.md says: what follows a hidden layer where a job says nothing.
  @Test(arguments: ModelRegistry.models.filter { $0.settings.hidden }.map { $0.name })
  func ownActivation(_ name: String) throws {
    var configuration = ModelRegistry.configuration(name)
    let own = try ModelRegistry.make(configuration).layout
    configuration.activation = name == "DIN" ? .dice : name == "DeepFM" ? .sigmoid : .prelu
    #expect(try ModelRegistry.make(configuration).layout == own)
  }
}
