import IO
import Models

/// What a feature of a data set is, without its columns: enough to build a model.
package struct FeatureOutline: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// Values of the vocabulary with so many rows in a table of this name.
    case values(table: String, rows: Int)
    /// A number that stands for one of so many categories.
    case categories(Int)
    case number
    case vector(width: Int)
  }

  package var owner: FeatureOwner
  package var name: String
  package var kind: Kind

  package init(_ owner: FeatureOwner, _ name: String, _ kind: Kind) {
    self.owner = owner
    self.name = name
    self.kind = kind
  }

  /// Owner and name: `users/age`.
  package var path: String { "\(owner.rawValue)/\(name)" }
}

extension Features {
  /// Of users, items, samples and events, each in their order.
  package var outlines: [FeatureOutline] {
    FeatureOwner.allCases.flatMap { owner in
      self[owner].map { feature in
        switch feature.kind {
        case .categorical(_, let table):
          FeatureOutline(
            owner, feature.name, .values(table: table, rows: vocabulary(of: feature)?.tableRows ?? 0))
        case .numeric(let steps):
          FeatureOutline(owner, feature.name, steps.categories.map { .categories($0) } ?? .number)
        case .vector(let width): FeatureOutline(owner, feature.name, .vector(width: width))
        }
      }
    }
  }
}
