import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

/// Models that a training cannot go on from, and what it says of numbers.
@Suite struct WarmStartRefusalTests {
  private static func job(_ model: String = "name: DIN", on dataset: Dataset) throws -> Job {
    try Job.parse("model: {\(model)}\ntraining: {epochs: 1}\n", file: "test.yaml")
      .fitted(to: dataset, file: "new.h5")
  }

  /// The start of a training by `job` on `dataset` from a model by `earlierJob` on `earlier`.
  private static func start(
    _ job: Job, on dataset: Dataset, from earlierJob: Job, on earlier: Dataset, group: Checkpoint.Group? = nil
  ) throws -> WarmStart {
    let outline = Checkpoint(
      model: earlierJob.model.name, dense: [], embeddings: [], optimizer: [],
      progress: .init(epoch: 1, step: 9, seed: 1, losses: [0.5]), job: earlierJob.text, datasetDigest: "data",
      group: group)
    return try WarmStart(
      WarmStartChoice(), job, on: dataset, data: "new.h5", from: outline, digest: "abc",
      catalogue: Catalogue(of: earlier, digest: "data"), file: "old.h5")
  }

  private func expectRefused(_ fragment: String, _ body: () throws -> WarmStart) {
    do {
      _ = try body()
      Issue.record("not refused: \(fragment)")
    } catch {
      #expect("\(error)".contains(fragment), "\(error)")
      #expect("\(error)".hasPrefix("old.h5: ") && !"\(error)".contains("\n"))
    }
  }

  @Test func otherNetworks() throws {
    let dataset = featureDataset()
    let job = try Self.job(on: dataset)
    for (model, fragment) in [
      ("name: DIN, hidden: [30]", "model.hidden is [30], the job has [200, 80]"),
      ("name: DIN, histories: [positive, negative]", "model.histories is [positive, negative]"),
      ("name: DIN, history_sum: false", "model.history_sum is false, the job has true"),
      ("name: DIN, user_embedding: 0", "model.user_embedding is 0"),
      ("name: PNN", "holds a model PNN"),
      (
        "name: DIN, features: {without: [brand, income]}",
        "takes other features: users/favourite (values of table brand), users/tag (values of table user), items/category"
      ),
    ] {
      let earlier = try Self.job(model, on: dataset)
      expectRefused(fragment) { try Self.start(job, on: dataset, from: earlier, on: dataset) }
    }
    // No weight depends on how long histories are.
    _ = try Self.start(
      job, on: dataset, from: Self.job("name: DIN, history_length: 3", on: dataset), on: dataset)
    expectRefused("is the model of the group low") {
      try Self.start(
        job, on: dataset, from: job, on: dataset,
        group: .init(name: "low", above: -1, upTo: 0.5, users: 2, correction: "soft1", cloudDigest: ""))
    }
  }

  @Test func otherFeatures() throws {
    let dataset = featureDataset()
    let job = try Self.job(on: dataset)
    var fewer = dataset
    fewer.removeFeature(.items, "weight")
    expectRefused("new.h5 the job takes users/favourite (values of table brand), users/tag") {
      try Self.start(Self.job(on: fewer), on: fewer, from: job, on: dataset)
    }
    // The same in another order belong to other columns of the weights.
    var turned = dataset
    turned.features.users.swapAt(0, 2)
    expectRefused("takes other features: users/favourite") {
      try Self.start(Self.job(on: turned), on: turned, from: job, on: dataset)
    }
  }

  @Test func otherRows() throws {
    func hashed(_ rows: Int) -> Vocabulary.Content {
      .hashed(distinct: Column(repeatElement(Int64(2), count: rows)))
    }
    func dataset(_ content: Vocabulary.Content, _ count: Int) -> Dataset {
      var dataset = featureDataset()
      let index = dataset.features.vocabularies.firstIndex { $0.name == "brand" }!
      dataset.features.vocabularies[index].content = content
      dataset.features.vocabularies[index].counts = Column(repeatElement(1, count: count))
      return dataset
    }
    let (six, nine, listed) = (dataset(hashed(6), 6), dataset(hashed(9), 9), featureDataset())
    expectRefused("the values of table/brand are hashed into 6 rows, and in new.h5 hashed into 9 rows") {
      try Self.start(Self.job(on: nine), on: nine, from: Self.job(on: six), on: six)
    }
    expectRefused("are hashed into 6 rows, and in new.h5 listed") {
      try Self.start(Self.job(on: listed), on: listed, from: Self.job(on: six), on: six)
    }
    let same = try Self.start(Self.job(on: six), on: six, from: Self.job(on: six), on: six)
    let brand = same.parent.rows.first { $0.name == "table/brand" }
    #expect(brand == .init(name: "table/brand", kept: 6, new: 0, dropped: 0))
  }

  /// Other steps are refused, other parameters told; intervals go on from those that they lie in.
  @Test func otherNumbers() throws {
    let earlier = featureDataset()
    func changed(_ owner: FeatureOwner, _ name: String, _ steps: [NumericStep]) -> Dataset {
      var dataset = earlier
      let index = dataset.features[owner].firstIndex { $0.name == name }!
      dataset.features[owner][index].kind = .numeric(steps: steps)
      return dataset
    }
    let job = try Self.job(on: earlier)
    let other = changed(.users, "income", [.standardised(mean: 0.5, deviation: 2)])
    expectRefused(
      "takes the number users/income by the steps [log, standardised], and new.h5 has [standardised]"
    ) {
      try Self.start(Self.job(on: other), on: other, from: job, on: earlier)
    }
    let moved = changed(.users, "income", [.log, .standardised(mean: 0.6, deviation: 2)])
    let start = try Self.start(Self.job(on: moved), on: moved, from: job, on: earlier)
    #expect(start.parent.changedNumbers == ["users/income"])
    #expect(start.parent.lines.last?.hasPrefix("warning: 1 number transformed by other parameters") == true)
    // Edges 0, 1, 2 before: the intervals now lie below 0, 0 to 1, twice within 1 to 2, and above.
    let finer = changed(.items, "price", [.quantiles(edges: [0.1, 0.9, 1.2, 1.8])])
    let edges = try Self.start(Self.job(on: finer), on: finer, from: job, on: earlier)
    #expect(edges.parent.changedNumbers == ["items/price"])
    #expect(
      edges.parent.rows.first { $0.name == "table/price" }
        == .init(name: "table/price", kept: 5, new: 0, dropped: 0))
  }
}
