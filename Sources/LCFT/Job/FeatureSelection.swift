import IO
import Models
import Support

/// The features of a data set that a job's model takes, and those that it does not.
package struct FeatureSelection: Sendable {
  package let used: [FeatureOutline]
  package let unused: [FeatureOutline]
  private let all: [FeatureOutline]

  /// `all` takes what the job's histories can have: the events' feature `action` says what the user did where the
  /// histories are told apart by it, and belongs to histories of actions. Other models take it where it is named.
  ///
  /// Throws `JobDatasetMismatch.unknownFeature`, `.ambiguousFeature`, `.noGenome`; `file` names the data set in errors.
  package init(_ job: Job, of all: [FeatureOutline], file: String) throws {
    self.all = all
    let readsActions = job.model.histories.contains(.actions)
    var chosen = all.map { outline in
      readsActions || outline.owner != .events || outline.name != Features.action
    }
    func places(_ names: [String]) throws -> [Int] {
      try names.map { try FeatureSelection.place(of: $0, in: all, file: file) }
    }
    switch job.features {
    case .all: break
    case .only(let names):
      chosen = all.map { _ in false }
      for place in try places(names) { chosen[place] = true }
    case .without(let names):
      for place in try places(names) { chosen[place] = false }
    }
    let genome = all.firstIndex { $0.owner == .items && $0.name == Features.genome }
    if let genome, job.genome == .none { chosen[genome] = false }
    guard job.genome != .required || genome.map({ chosen[$0] }) ?? false else {
      throw JobDatasetMismatch.noGenome(file: file)
    }
    used = all.indices.filter { chosen[$0] }.map { all[$0] }
    unused = all.indices.filter { !chosen[$0] }.map { all[$0] }
  }

  /// The features as a model takes them; `named` are widths by name. Throws `JobDatasetMismatch.unknownFeature`,
  /// `.ambiguousFeature`, and `.widthGivenTwice` where a feature has one by its name and one by `OWNER/NAME`.
  package func modelFeatures(
    named: [FeatureWidthSetting.Named], file: String
  ) throws -> ModelFeatures {
    var widths: [Int: Int] = [:]
    for entry in named {
      let place = try FeatureSelection.place(of: entry.name, in: all, file: file)
      guard widths.updateValue(entry.width, forKey: place) == nil else {
        throw JobDatasetMismatch.widthGivenTwice(file: file, name: all[place].path)
      }
    }
    var tables: [ModelFeatures.Table] = []
    func table(_ name: String, _ rows: Int) -> Int {
      if let index = tables.firstIndex(where: { $0.name == name }) { return index }
      tables.append(ModelFeatures.Table(name: name, rows: rows))
      return tables.count - 1
    }
    let features = used.compactMap { outline -> ModelFeature? in
      guard let owner = ModelFeature.Owner(rawValue: outline.owner.rawValue) else { return nil }
      let kind: ModelFeature.Kind =
        switch outline.kind {
        case .values(let name, let rows): .values(table: table(name, rows))
        case .categories(let count): .values(table: table(outline.tableOfCategories(among: all), count))
        case .number: .number
        case .vector(let width): .vector(width: width)
        }
      return ModelFeature(
        owner, outline.name, kind, width: all.firstIndex(of: outline).flatMap { widths[$0] })
    }
    return ModelFeatures(features, tables: tables)
  }

  /// The feature that a job calls `name`: its name, or `OWNER/NAME`.
  private static func place(of name: String, in all: [FeatureOutline], file: String) throws -> Int {
    let found = all.indices.filter { all[$0].path == name || all[$0].name == name }
    if found.count == 1 { return found[0] }
    if found.count > 1 {
      throw JobDatasetMismatch.ambiguousFeature(file: file, name: name, found: found.map { all[$0].path })
    }
    let known = all.map { name.contains("/") ? $0.path : $0.name }
    throw JobDatasetMismatch.unknownFeature(
      file: file, name: name, nearest: Suggestion.nearest(to: name, among: known), known: all.map(\.path))
  }
}

extension FeatureOutline {
  /// The table of a number's categories: of the feature's own name, or with its owner's where a table or another such
  /// feature has that.
  fileprivate func tableOfCategories(among all: [FeatureOutline]) -> String {
    let isTaken = all.contains { other in
      switch other.kind {
      case .values(let table, _): table == name
      case .categories: other.name == name && other.owner != owner
      case .number, .vector: false
      }
    }
    return isTaken ? "\(owner.rawValue).\(name)" : name
  }
}
