/// One feature of the data set as a model takes it.
package struct ModelFeature: Sendable, Equatable {
  /// Whose feature it is, by the names that data sets have for them.
  package enum Owner: String, Sendable, CaseIterable {
    case users, items, samples, events
  }

  package enum Kind: Sendable, Equatable {
    /// Any number of values, each a row of the table at this place of `ModelFeatures.tables`.
    case values(table: Int)
    /// One number, which may be missing.
    case number
    /// As many numbers as the width says, scaled to unit length.
    case vector(width: Int)
  }

  package var owner: Owner
  package var name: String
  package var kind: Kind
  /// Of its embedding, where the job names it; nil: as `ModelConfiguration` says for all.
  package var width: Int?

  package init(_ owner: Owner, _ name: String, _ kind: Kind, width: Int? = nil) {
    self.owner = owner
    self.name = name
    self.kind = kind
    self.width = width
  }

  /// The table of its values; nil for numbers and vectors.
  package var table: Int? { if case .values(let table) = kind { table } else { nil } }

  /// Owner and name, as jobs may write it.
  package var path: String { "\(owner.rawValue)/\(name)" }

  // Features whose embeddings have a setting of their own.

  package static let category = "category"
  package static let action = "action"
}
