/// Hard correction's table: the labels alpha and beta of each group of users with a local CTR in an interval,
/// and what the search that found them measured.
package struct LabelTable: Sendable {
  /// What a fine-tuning looks up.
  package struct Pairs: Sendable, Equatable, Codable {
    /// [groups + 1], rising from 0 to 1: group g holds edges[g] < w <= edges[g + 1], the first one w = 0 too.
    /// The second edge may be 0: a group of the users without positives.
    package var edges: [Double]
    /// [groups] the label of positives and of negatives.
    package var alpha: [Double]
    package var beta: [Double]

    package init(edges: [Double], alpha: [Double], beta: [Double]) {
      self.edges = edges
      self.alpha = alpha
      self.beta = beta
    }

    /// Whether the edges rise from 0 to 1 and every group has an alpha and a beta that are finite.
    package var areValid: Bool {
      edges.count == alpha.count + 1 && alpha.count == beta.count && (alpha + beta).allSatisfy(\.isFinite)
        && Self.areEdges(edges)
    }

    /// Whether `edges` rise from 0 to 1, as those of groups do.
    static func areEdges(_ edges: [Double]) -> Bool {
      edges.first == 0 && edges.last == 1 && edges.count > 1
        && zip(edges, edges.dropFirst()).enumerated().allSatisfy { index, pair in
          index == 0 && edges.count > 2 ? pair.0 <= pair.1 : pair.0 < pair.1
        }
    }
  }

  /// What the search measured in one group, on held-out training samples.
  package struct Scores: Sendable {
    /// Users with an AUC, and their held-out samples.
    package var users: Int
    package var samples: Int
    /// User AUC weighted by held-out samples (eq. 12), under the group's labels and under plain ones (1, 0);
    /// NaN where no user has one.
    package var auc: Double
    package var plainAUC: Double
    /// 95% interval of `auc` minus `plainAUC`, by a paired bootstrap over users.
    package var low: Double
    package var high: Double

    package init(users: Int, samples: Int, auc: Double, plainAUC: Double, low: Double, high: Double) {
      self.users = users
      self.samples = samples
      self.auc = auc
      self.plainAUC = plainAUC
      self.low = low
      self.high = high
    }
  }

  package var pairs: Pairs
  /// [groups]; empty where the table was not made by a search.
  package var scores: [Scores]
  /// The grid: [alphas], [betas], and the user AUC [groups x alphas x betas], NaN where no user has
  /// an AUC; a user whose fine-tuning diverged counts one half.
  package var alphas: [Double]
  package var betas: [Double]
  package var grid: [Double]
  package var origin: SearchOrigin

  package init(
    pairs: Pairs, scores: [Scores], alphas: [Double], betas: [Double], grid: [Double], origin: SearchOrigin
  ) {
    self.pairs = pairs
    self.scores = scores
    self.alphas = alphas
    self.betas = betas
    self.grid = grid
    self.origin = origin
  }
}

/// What a search ran on.
package struct SearchOrigin: Sendable, Equatable {
  package var model = ""
  package var datasetDigest = ""
  /// `ownModel` where the search trained its own cloud model, without the held-out samples.
  package var checkpointDigest = SearchOrigin.ownModel
  /// Share of each user's training samples that was held out.
  package var holdout = Double.nan
  /// Users whose held-out samples have both classes; whose have one; and users with too few samples to cut.
  package var users = 0
  package var oneClass = 0
  package var tooFew = 0
  /// The job file's text.
  package var job = ""

  package static let ownModel = "none"

  package init() {}
}
