import IO
import LCFT

extension FeatureOutline {
  /// The features of a data set's file, from attributes and shapes alone. What is wrong with them is left to the file's
  /// reader: a feature that does not say what it is, is left out.
  static func list(_ summary: FileSummary) -> [FeatureOutline] {
    let shapes = Dictionary(
      summary.datasets.map { ($0.path, $0.shape) }, uniquingKeysWith: { first, _ in first })
    func rows(_ path: String) -> Int { DatasetSizes.bounded(shapes[path]?.first ?? 0, 1 << 32) }
    func width(_ path: String) -> Int { DatasetSizes.bounded(shapes[path]?.last ?? 0, 1 << 20) }
    if shapes["/categories/id"] != nil {
      // Columns of their own, as older files have them.
      var found = [
        FeatureOutline(
          .items, Features.category, .values(table: Features.category, rows: rows("/categories/id")))
      ]
      if shapes["/items/genome"] != nil {
        found.append(FeatureOutline(.items, Features.genome, .vector(width: width("/items/genome"))))
      }
      if shapes["/events/action"] != nil {
        found.append(
          FeatureOutline(
            .events, Features.action, .values(table: Features.action, rows: Dataset.Action.allCases.count)))
      }
      return found
    }
    let groups = Dictionary(summary.groups.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    return FeatureOwner.allCases.flatMap { owner in
      let prefix = "/features/\(owner.rawValue)/"
      let found = summary.groups.compactMap { group -> (index: Int, outline: FeatureOutline)? in
        let name = String(group.path.dropFirst(prefix.count))
        guard group.path.hasPrefix(prefix), !name.contains("/"), !name.isEmpty else { return nil }
        let kind: Kind? =
          switch group.texts("kind")?.first {
          case "categorical":
            group.texts("vocabulary")?.first.map {
              .values(
                table: group.texts("table")?.first ?? $0,
                rows: groups[Features.path(ofVocabulary: $0)]?.count("rows") ?? 0)
            }
          case "vector":
            .vector(
              width: width(group.path + (owner.parts[0].isEmpty ? "" : "/" + owner.parts[0]) + "/values"))
          case "numeric": group.edges.map { .categories($0 + 1) } ?? .number
          default: nil
          }
        return kind.map { (group.count("index") ?? .max, FeatureOutline(owner, name, $0)) }
      }
      return found.sorted { $0.index < $1.index }.map(\.outline)
    }
  }
}

extension FileSummary.Group {
  /// A count, bounded so that nothing that is computed from it overflows.
  fileprivate func count(_ name: String) -> Int? {
    integers(name)?.first.map { DatasetSizes.bounded(Int(clamping: $0), 1 << 32) }
  }

  /// How many edges of quantiles there are; nil where the numbers are not cut into quantiles.
  fileprivate var edges: Int? {
    texts("transform")?.last == "quantiles" ? reals("edges")?.count : nil
  }
}
