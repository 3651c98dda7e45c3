import IO
import LCFT
import Models
import TestSupport
import Testing

/// Which features of a data set a job's model takes.
@Suite struct FeatureSelectionTests {
  private func fitted(_ model: String, _ dataset: Dataset = featureDataset()) throws -> Job {
    try Job.parse("model: {\(model)}\n", file: "job.yaml").fitted(to: dataset, file: "D.h5")
  }

  private func paths(_ model: String) throws -> [String] { try fitted(model).model.features.all.map(\.path) }

  private static let all = [
    "users/favourite", "users/tag", "users/income", "items/category", "items/genome", "items/brand",
    "items/price", "items/weight", "samples/place", "samples/price", "samples/screen", "events/action",
    "events/place", "events/dwell", "events/scroll",
  ]

  @Test func allAreTaken() throws {
    #expect(try paths("name: EdgeRec") == FeatureSelectionTests.all)
    // The kind of action belongs to histories of actions.
    let others = FeatureSelectionTests.all.filter { $0 != "events/action" }
    #expect(try paths("name: DIN") == others)
    #expect(try paths("name: DIN, features: all") == others)
    #expect(try paths("name: DIN, genome: none") == others.filter { $0 != "items/genome" })
  }

  @Test func namesAreTakenOrLeftOut() throws {
    #expect(
      try paths("features: {only: [category, samples/place, action]}") == [
        "items/category", "samples/place", "events/action",
      ])
    #expect(try paths("features: {only: []}") == [])
    let left = ["items/brand", "users/income", "events/action"]
    #expect(
      try paths("features: {without: [items/brand, income]}")
        == FeatureSelectionTests.all.filter { !left.contains($0) })
  }

  static let refusals = [
    (
      "features: {only: [categry]}",
      "D.h5: has no feature categry, which the job names (did you mean category?); it has "
        + all.joined(separator: ", ")
    ),
    (
      "features: {without: [item/brand]}",
      "D.h5: has no feature item/brand, which the job names (did you mean items/brand?); it has "
        + all.joined(separator: ", ")
    ),
    ("features: {only: [price]}", "D.h5: has several features price; write items/price or samples/price"),
    (
      "name: PNN, user_embedding: 9",
      "D.h5: the job does not fit the features of this data set: model.user_embedding must be 36 for PNN, the width of "
        + "an item with its features, because PNN multiplies fields; leave it out, or give 0 for no user id"
    ),
    (
      "name: PNN, feature_embedding: {income: 4}",
      "D.h5: the job does not fit the features of this data set: model.feature_embedding gives users/income the width "
        + "4, but PNN takes it in the width of an item with its features, 36; leave it out"
    ),
    (
      "feature_embedding: {favourite: 4, brand: 5}",
      "D.h5: the job does not fit the features of this data set: model.feature_embedding gives features of the table "
        + "brand the widths 4 and 5; features that share a table have one width"
    ),
    (
      "feature_embedding: {brand: 4, items/brand: 5}",
      "D.h5: the feature items/brand has two widths in model.feature_embedding, which names it with and without its "
        + "owner; leave one out"
    ),
    (
      "name: EdgeRec, attention_input: original",
      "D.h5: the job does not fit the features of this data set: model.gru must be 36, the width of an item with its "
        + "features, with attention_input original, which subtracts states from candidates; or use attention_input "
        + "concatenated"
    ),
  ]

  @Test(arguments: refusals)
  func refusalsSayWhatWouldBeRight(_ refusal: (model: String, message: String)) {
    #expect { try fitted(refusal.model) } throws: { "\($0)" == refusal.message }
  }

  /// Tables have a row per known value and one for all others where there are any; numbers in quantiles have one per
  /// quantile.
  @Test func tablesHaveTheirRows() throws {
    let features = try fitted("name: EdgeRec").model.features
    let rows = Dictionary(uniqueKeysWithValues: features.tables.map { ($0.name, $0.rows) })
    #expect(
      rows == ["brand": 5, "user": 3, "category": 5, "price": 4, "place": 3, "action": 5, "dwell": 3])
    // `user` is the table of the users themselves.
    let names = try fitted("name: EdgeRec").makeModel().layout.tables.map(\.name)
    #expect(Set(names) == ["user", "item", "brand", "table.user", "category", "price", "place"])
  }

  @Test func widthsAreTaken() throws {
    func widths(_ model: String) throws -> [String: Int] {
      let tables = try fitted(model).makeModel().layout.tables
      return Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.width) })
    }
    let plain = try widths("category_embedding: 7")
    #expect(plain["brand"] == 7 && plain["place"] == 7 && plain["item"] == 9)
    let own = try widths("category_embedding: 7, feature_embedding: {samples/place: 3, favourite: 2}")
    #expect(own["brand"] == 2 && own["place"] == 3 && own["category"] == 7)
    let common = try widths("feature_embedding: 5")
    #expect(common["brand"] == 5 && common["category"] == 9)
    #expect(try widths("user_embedding: 0")["user"] == nil)
  }
}
