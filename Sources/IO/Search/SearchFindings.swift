import Support

/// What searches on held-out training samples found and a fine-tuning used, beside what its job file says.
///
/// Files that hold outcomes or fine-tuned models keep it in their group `/findings` (see
/// `SearchFindings.write(to:)`), so that what they depend on can be read back and compared.
package struct SearchFindings: Sendable, Equatable {
  /// The labels that hard correction looked up.
  package struct Labels: Sendable, Equatable {
    package var pairs: LabelTable.Pairs
    /// `LabelTable.contentDigest()` of the table as it was read, and the data set that it was searched on.
    /// Both say where the labels come from; no number depends on them.
    package var tableDigest: String
    package var datasetDigest: String

    package init(
      pairs: LabelTable.Pairs, tableDigest: String = "unknown", datasetDigest: String = "unknown"
    ) {
      self.pairs = pairs
      self.tableDigest = tableDigest
      self.datasetDigest = datasetDigest
    }

    /// The labels of `table`.
    package init(_ table: LabelTable) {
      self.init(
        pairs: table.pairs, tableDigest: table.contentDigest(), datasetDigest: table.origin.datasetDigest)
    }
  }

  /// The choice of methods that `lcft` and `lcft_by_ctr` stood for.
  package struct Choice: Sendable, Equatable {
    package var choice: MethodChoice
    /// As those of `Labels`.
    package var tableDigest: String
    package var datasetDigest: String

    package init(_ choice: MethodChoice, tableDigest: String = "unknown", datasetDigest: String = "unknown") {
      self.choice = choice
      self.tableDigest = tableDigest
      self.datasetDigest = datasetDigest
    }

    /// The choice of `table`.
    package init(_ table: MethodChoiceTable) {
      self.init(
        table.choice, tableDigest: table.contentDigest(), datasetDigest: table.origin.datasetDigest)
    }
  }

  /// Nil where no table was used.
  package var labels: Labels?
  /// Nil where no method was chosen.
  package var choice: Choice?
  /// Settings by the names of the methods that they were found for.
  package var settings: [String: TuningOverrides]

  package init(labels: Labels? = nil, choice: Choice? = nil, settings: [String: TuningOverrides] = [:]) {
    self.labels = labels
    self.choice = choice
    self.settings = settings
  }

  package var isEmpty: Bool { labels == nil && choice == nil && settings.isEmpty }

  /// The methods that have settings, in the order of the bytes of their names.
  var methods: [String] { settings.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
}

extension SearchFindings {
  /// Adds what was found to the digest of a file's content: the columns of `/findings/labels`, `/findings/choice` and
  /// `/findings/settings` in the order of `write(to:)`, each only where there are some. So a
  /// content without findings has the digest that it had before files could hold any. The attributes, which
  /// only say where labels come from, do not count.
  func add(to digest: inout ContentDigest) {
    if let pairs = labels?.pairs {
      digest.add("/findings/labels/edges", pairs.edges)
      digest.add("/findings/labels/alpha", pairs.alpha)
      digest.add("/findings/labels/beta", pairs.beta)
    }
    choice?.choice.add(to: &digest, "/findings/choice")
    guard !settings.isEmpty else { return }
    digest.add("/findings/settings/method", StringColumn(methods))
    digest.add("/findings/settings/learning_rate", learningRates)
    digest.add("/findings/settings/epochs", epochs)
    digest.add("/findings/settings/batch_size", batchSizes)
    for (name, values, _) in further { digest.add("/findings/settings/\(name)", values) }
  }

  /// [methods] NaN where a method's is not set.
  var learningRates: [Double] { methods.map { settings[$0]?.learningRate ?? .nan } }
  /// [methods] 0 where a method's is not set.
  var epochs: [Int64] { methods.map { Int64(settings[$0]?.epochs ?? 0) } }
  var batchSizes: [Int64] { methods.map { Int64(settings[$0]?.batchSize ?? 0) } }
  /// What only some methods have: columns [methods], NaN where a method's is not set, each only where one is.
  var further: [(name: String, values: [Double], description: String)] {
    func values(_ path: KeyPath<TuningOverrides, Double?>) -> [Double] {
      methods.map { settings[$0]?[keyPath: path] ?? .nan }
    }
    return [
      ("mu", values(\.mu), "pull towards the cloud model's weights; NaN: as the job says"),
      ("share", values(\.share), "the fine-tuned model's share of the logit; NaN: as the job says"),
    ].filter { !$0.1.allSatisfy(\.isNaN) }
  }
}
