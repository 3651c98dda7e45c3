import Support

/// What a data set knows of its users, items, samples and events beside who and which they are: the groups `/features`
/// and `/vocabularies`. Within an owner, features stand in the order in which models take them.
package struct Features: Sendable, Codable {
  package var users: [Feature] = []
  package var items: [Feature] = []
  package var samples: [Feature] = []
  package var events: [Feature] = []
  package var vocabularies: [Vocabulary] = []

  package init() {}

  package subscript(owner: FeatureOwner) -> [Feature] {
    get {
      switch owner {
      case .users: users
      case .items: items
      case .samples: samples
      case .events: events
      }
    }
    set {
      switch owner {
      case .users: users = newValue
      case .items: items = newValue
      case .samples: samples = newValue
      case .events: events = newValue
      }
    }
  }

  package var isEmpty: Bool {
    vocabularies.isEmpty && FeatureOwner.allCases.allSatisfy { self[$0].isEmpty }
  }

  /// All features with their owners, in the order of the bytes of their paths.
  package var byPath: [(owner: FeatureOwner, feature: Feature)] {
    FeatureOwner.allCases.flatMap { owner in self[owner].map { (owner, $0) } }
      .sorted {
        Features.path($0.0, $0.1.name).utf8.lexicographicallyPrecedes(Features.path($1.0, $1.1.name).utf8)
      }
  }

  package func feature(_ owner: FeatureOwner, _ name: String) -> Feature? {
    self[owner].first { $0.name == name }
  }

  package func vocabulary(_ name: String) -> Vocabulary? { vocabularies.first { $0.name == name } }

  /// The vocabulary of a categorical feature, which a data set that was read has.
  package func vocabulary(of feature: Feature) -> Vocabulary? {
    feature.categorical.flatMap { vocabulary($0.vocabulary) }
  }

  /// Where the feature lies in a file.
  package static func path(_ owner: FeatureOwner, _ name: String) -> String {
    "/features/\(owner.rawValue)/\(name)"
  }

  /// Where the vocabulary lies in a file.
  package static func path(ofVocabulary name: String) -> String { "/vocabularies/\(name)" }
}
