import IO
import LCFT
import Studies
import Support

/// The best user AUC that a model can have on the test part of a synthetic world: that of the true click
/// probabilities; and what is left of it where a group of features adds nothing, which is what they are worth.
struct BestPossibleAUC: CustomStringConvertible {
  private let rows: [(name: String, auc: UserAUC)]

  /// Nil where the data set is no world that can be made again.
  init?(_ dataset: Dataset) {
    guard let world = try? SyntheticWorld(of: dataset, file: "") else { return nil }
    let contexts = WorldContexts(dataset, part: 1)
    let all: Set<FeatureOwner> = [.users, .items, .samples]
    var variants: [(name: String, owners: Set<FeatureOwner>)] = [("true probabilities", all)]
    if world.features != nil {
      variants += [
        ("without users' features", all.subtracting([.users])),
        ("without items' features", all.subtracting([.items])),
        ("without samples' features", all.subtracting([.samples])), ("without features", []),
      ]
    }
    var sums = variants.map { _ in UserAUC() }
    var auc = AUC()
    for index in dataset.evaluatedUsers {
      let user = world.user(Int(index))
      let samples = dataset.test.rows(ofUser: Int(index))
      for (place, variant) in variants.enumerated() {
        let scores = samples.map { row in
          Float(
            world.logit(
              user: user, item: Int(dataset.test.item[row]), contexts?[row] ?? .unknown, of: variant.owners))
        }
        let result = auc.evaluate(
          scores: scores, labels: dataset.test.label.pointer + samples.lowerBound, count: samples.count)
        if result.status == .defined { sums[place].add(result.value, samples: Double(samples.count)) }
      }
    }
    rows = zip(variants, sums).map { ($0.name, $1) }
  }

  var description: String {
    let lines = rows.map { "  " + pad($0.name, 28, right: false) + Support.text($0.auc.value, 4) }
    return (["Best possible user AUC of the test part:"] + lines).joined(separator: "\n")
  }
}
