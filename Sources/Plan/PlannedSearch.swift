import LCFT
import Studies

/// A search that a run makes by itself before it fine-tunes its users, on held-out training samples.
struct PlannedSearch {
  let name: String
  /// What each of its cloud trainings and passes over the users sees of the training samples.
  let shares: [Double]
  /// What each pass tries.
  let plans: [SearchPlan]

  fileprivate init(_ name: String, shares: [Double], _ plans: [SearchPlan]) {
    self.name = name
    self.shares = shares
    self.plans = plans
  }

  /// How often a pass fine-tunes or scores every user for as many epochs as `epochs`.
  func passes(_ plan: SearchPlan, epochs: Int) -> Double {
    plan.points.reduce(0) { $0 + Double($1.settings.epochs ?? epochs) / Double(max(epochs, 1)) }
  }

  /// What a plan says of it.
  var note: String {
    guard let first = plans.first else { return "" }
    let own = "a cloud training and \(first.points.count) fine-tunings of every user"
    guard let later = plans.dropFirst().first else { return own }
    return "\(plans.count) folds: \(own) in the first, \(later.points.count) in others"
  }
}

extension Job {
  /// The searches of a run of this job that is given nothing they would find, in their order.
  var plannedSearches: [PlannedSearch] {
    var searches: [PlannedSearch] = []
    let left = 1 - search.holdout
    if needsSettings {
      searches.append(
        PlannedSearch("search of settings", shares: [left], [.ofSettings(self, searchedMethods)]))
    }
    let chooses = fineTuning.methods.contains(where: \.isChoice)
    if chooses {
      // Each fold has the samples before the part that it holds out; later ones have one point for hard correction.
      var (shares, plans): ([Double], [SearchPlan]) = ([], [])
      for fold in 1...search.choice.folds {
        shares.append((shares.last ?? 1) * left)
        plans.append(.ofChoice(self, tables: fold == 1 ? nil : []))
      }
      searches.append(PlannedSearch("choice of methods", shares: shares, plans))
    }
    if fineTuning.methods.contains(.hard), fineTuning.labelTable == nil, !needsSettings,
      !(chooses && search.choice.methods.contains(.hard))
    {
      searches.append(PlannedSearch("search of labels", shares: [left], [.ofLabels(self)]))
    }
    return searches
  }

  /// Of the plan that a search of settings or of labels has, the points and the columns of outcomes; nil where `work` has no
  /// such search.
  func searchSize(_ work: PlannedWork) -> (points: Int, columns: Int)? {
    guard work.contains(.searching) else { return nil }
    let plans =
      if work.isSuperset(of: [.training, .fineTuning]) {
        plannedSearches.filter { $0.plans.count == 1 }.flatMap(\.plans)
      } else if work.contains(.searchingSettings) {
        [SearchPlan.ofSettings(self, searchedMethods)]
      } else {
        [SearchPlan.ofLabels(self)]
      }
    return plans.max { $0.points.count < $1.points.count }.map { ($0.points.count, 1 + $0.entries.count) }
  }
}
