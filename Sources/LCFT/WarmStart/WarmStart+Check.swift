import IO
import Models

extension WarmStart {
  /// Settings of the network that the features which it takes speak for, and the length of histories, which no weight
  /// depends on.
  private static let freeSettings = ["features", "genome", "history_length"].map { "model.\($0)" }

  /// Throws `WarmStartError` unless two jobs, fitted to their data sets, have the same network over the same features.
  static func check(_ earlier: Job, is job: Job, file: String, data: String) throws(WarmStartError) {
    func settings(_ job: Job) -> [String: String] {
      let all = job.trainingSettings.filter {
        $0.name.hasPrefix("\(Job.modelSection.key).") && !freeSettings.contains($0.name)
      }
      return Dictionary(all.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
    let (found, wanted) = (settings(earlier), settings(job))
    for name in Set(found.keys).union(wanted.keys).sorted() where found[name] != wanted[name] {
      throw .network(
        file: file, setting: name, found: found[name] ?? "not given", wanted: wanted[name] ?? "not given")
    }
    let (before, now) = (earlier.model.features.outline, job.model.features.outline)
    guard before == now else { throw .features(file: file, found: before, data: data, wanted: now) }
  }

  /// The numbers whose steps have other parameters than before, by `OWNER/NAME`. Throws `WarmStartError.steps` where the
  /// steps themselves are others.
  static func changedNumbers(
    _ job: Job, _ features: Features, data: String, from earlier: Features, file: String
  ) throws(WarmStartError) -> [String] {
    var changed: [String] = []
    for feature in job.model.features.all {
      guard let owner = FeatureOwner(rawValue: feature.owner.rawValue),
        case .numeric(let steps)? = features.feature(owner, feature.name)?.kind,
        case .numeric(let before)? = earlier.feature(owner, feature.name)?.kind
      else { continue }
      let (found, wanted) = (before.map(\.name), steps.map(\.name))
      guard found == wanted else {
        throw .steps(
          file: file, feature: feature.path, found: found.joined(separator: ", "), data: data,
          wanted: wanted.joined(separator: ", "))
      }
      if before != steps { changed.append(feature.path) }
    }
    return changed
  }
}

extension ModelFeatures {
  /// Each feature in words, without the sizes of tables: what the dense weights depend on, in their order.
  fileprivate var outline: [String] {
    all.map { feature in
      let kind =
        switch feature.kind {
        case .values(let table):
          tables[table].name == feature.name ? "values" : "values of table \(tables[table].name)"
        case .number: "number"
        case .vector(let width): "vector of \(width)"
        }
      return "\(feature.path) (\(kind)\(feature.width.map { ", width \($0)" } ?? ""))"
    }
  }
}
