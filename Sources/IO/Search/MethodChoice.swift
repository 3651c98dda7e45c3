/// Which of several methods is best on held-out training samples, for all users and for each group of users by local CTR,
/// with what was measured: what the methods `lcft` and `lcft_by_ctr` stand for.
package struct MethodChoice: Sendable, Equatable, Codable {
  /// What was measured of a set of users.
  package struct Scores: Sendable, Equatable, Codable {
    /// Users with both classes among their held-out samples, and these samples over all folds.
    package var users = 0
    package var samples = 0
    /// Places in `methods`: the best of those that were tried; the one that is used, which is the fallback where the best
    /// one is not better; and the best of the others.
    package var best = 1
    package var chosen = 0
    package var next = 0
    /// [methods] user AUC over all folds; it minus the cloud model's, with its 95% interval by a paired bootstrap over
    /// users; and what the rule compares: the difference from the method that all users have, of a group shrunken
    /// towards that of all users. NaN where no user has an AUC.
    package var auc: [Double]
    package var difference: [Double]
    package var low: [Double]
    package var high: [Double]
    package var advantage: [Double]
    /// User AUC of the chosen method minus that of the next one, and its 95% interval.
    package var margin = Double.nan
    package var marginLow = Double.nan
    package var marginHigh = Double.nan

    /// Nothing measured of so many methods.
    package init(methods: Int) {
      let none = [Double](repeating: .nan, count: methods)
      (auc, difference, low, high, advantage) = (none, none, none, none, none)
    }
  }

  /// How the choice was made.
  package struct Rule: Sendable, Equatable, Codable {
    /// How often a part was held out, and the share of the samples that was held out each time.
    package var folds: Int
    package var holdout: Double
    /// What a sample of fold k counts: decay^(k - 1).
    package var decay: Double
    /// What a group's sampling variance counts where its differences are shrunken.
    package var shrinkage: Double

    package init(folds: Int, holdout: Double, decay: Double, shrinkage: Double) {
      self.folds = folds
      self.holdout = holdout
      self.decay = decay
      self.shrinkage = shrinkage
    }
  }

  /// The cloud model, which is the fallback, and those that were tried.
  package var methods: [String]
  /// [groups + 1] as in `LabelTable.Pairs`.
  package var edges: [Double]
  /// All users, then the groups.
  package var sets: [Scores]
  package var rule: Rule
  /// The labels of hard correction, where that was tried.
  package var labels: LabelTable.Pairs?

  package init(
    methods: [String], edges: [Double], sets: [Scores], rule: Rule, labels: LabelTable.Pairs?
  ) {
    self.methods = methods
    self.edges = edges
    self.sets = sets
    self.rule = rule
    self.labels = labels
  }

  /// The name of the method of a set: 0 for all users.
  package func chosen(_ set: Int) -> String { methods[sets[set].chosen] }

  /// The names of the methods that some user may have, each once.
  package var chosenMethods: [String] {
    var names: [String] = []
    for set in sets.indices where !names.contains(chosen(set)) { names.append(chosen(set)) }
    return names
  }

  /// Whether every place names a method and the groups cover all local CTRs.
  package var isValid: Bool {
    let places = methods.indices
    return places.count > 1 && Set(methods).count == methods.count && LabelTable.Pairs.areEdges(edges)
      && sets.count == edges.count && (labels?.areValid ?? true)
      && sets.allSatisfy { set in
        places.contains(set.best) && set.best > 0 && places.contains(set.chosen) && places.contains(set.next)
          && [set.auc, set.difference, set.low, set.high, set.advantage].allSatisfy {
            $0.count == methods.count
          }
      }
  }
}

/// What a search of methods measured of every user in every fold, and the choice that follows from it.
package struct MethodChoiceTable: Sendable {
  /// One row per user and fold whose held-out samples have both classes.
  package struct Measured: Sendable, Equatable {
    /// The user's row in the data set.
    package var user: [Int32] = []
    /// From 1, the latest part, on.
    package var fold: [Int32] = []
    /// Of the samples that the user was fine-tuned on in the fold.
    package var localCTR: [Double] = []
    /// Held-out samples.
    package var samples: [Int32] = []
    /// [methods][rows] NaN where the fine-tuning diverged.
    package var aucs: [[Double]]

    package init(methods: Int) { aucs = [[Double]](repeating: [], count: methods) }
  }

  package var choice: MethodChoice
  package var measured: Measured
  /// `users` are those of the latest part, and so are the others that it counts.
  package var origin: SearchOrigin

  package init(choice: MethodChoice, measured: Measured, origin: SearchOrigin) {
    self.choice = choice
    self.measured = measured
    self.origin = origin
  }
}
