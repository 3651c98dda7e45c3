import IO

/// Methods that stand for others, which held-out training samples choose.
extension Job {
  /// What a search of methods tries, and how it chooses.
  package struct Choice: Sendable, Equatable {
    package var methods: [Method] = [.soft1, .soft2, .hard, .local]
    /// How often the last part of what is left of a user's training samples is held out.
    package var folds = 3
    /// A held-out sample of fold k counts decay^(k - 1).
    package var decay = 1.0
    /// The weight of a group's sampling variance in its shrinkage towards all users.
    package var shrinkage = 1.0
  }

  static var choiceSection: JobSection {
    JobSection(
      "choice",
      "How held-out training samples choose the method that `lcft` and `lcft_by_ctr` stand for "
        + "([methods](methods.md#chosen-on-held-out-samples)). The groups are those of `groups`. With another `decay` or "
        + "`shrinkage` a search that is not finished may be resumed: the choice comes after the measurements.",
      [
        JobSetting(
          "methods", \.search.choice.methods, .choices(Method.choosable, "method"), affects: .searchPoints,
          "The methods that are tried, each with its own settings; of equal ones the first is taken."),
        JobSetting(
          "folds", \.search.choice.folds, .integer(1...20), affects: .searchPoints,
          "How often a part is held out: `holdout` of each user's training samples, then as much of what is left before "
            + "it, and so on. Each takes a cloud training and a pass over the users."),
        JobSetting(
          "decay", \.search.choice.decay, .number(0.01...1), affects: .chosenMethods,
          "What a held-out sample counts for the choice: this to the power of k - 1 in fold k, the latest part being the "
            + "first."),
        JobSetting(
          "shrinkage", \.search.choice.shrinkage, .number(0...1_000_000), affects: .chosenMethods,
          "How far the groups' differences are drawn towards those of all users: the weight of their sampling variance. "
            + "0: not at all where groups differ by more than chance."),
      ])
  }

  /// The method that a user with the local CTR `localCTR` has under `method`: the chosen one where it stands for another.
  package func method(_ method: Method, ofLocalCTR localCTR: Double) -> Method {
    guard method.isChoice else { return method }
    guard let choice = findings.choice?.choice else { preconditionFailure("a choice has been made") }
    let set = method == .lcft ? 0 : 1 + CTRIntervals.index(of: localCTR, groups: choice.edges)
    return Method(rawValue: choice.chosen(set)) ?? .cloud
  }

  /// The table that hard correction looks labels up in under `method`: a choice brings its own.
  func labelPairs(of method: Method) -> LabelTable.Pairs? {
    method.isChoice ? findings.choice?.choice.labels : findings.labels?.pairs
  }

  /// The labels of `method` for a user of these `rates`.
  package func labels(of method: Method, _ rates: ClickRates) -> CorrectedLabels {
    LabelCorrection.labels(
      self.method(method, ofLocalCTR: rates.localCTR), rates, table: labelPairs(of: method))
  }

  /// `methods`, and those that choices among them have chosen.
  package func usedMethods(_ methods: [Method]) -> [Method] {
    guard methods.contains(where: \.isChoice), let choice = findings.choice?.choice else { return methods }
    return methods
      + choice.chosenMethods.compactMap(Method.init(rawValue:)).filter { !methods.contains($0) }
  }

  /// `methods`, and those that choices among them may choose: whose settings outcomes depend on.
  package func tunedMethods(_ methods: [Method]) -> [Method] {
    guard methods.contains(where: \.isChoice) else { return methods }
    let used = usedMethods(methods)
    return used + search.choice.methods.filter { !used.contains($0) }
  }

  /// Takes what searches found, of the file `file`. Throws `JobError.unknownMethod` where it names a method that users
  /// cannot have.
  package mutating func take(_ findings: SearchFindings, file: String) throws(JobError) {
    if let choice = findings.choice?.choice {
      for name in choice.chosenMethods {
        let method = Method(rawValue: name)
        guard method.map({ $0 == .cloud || Method.choosable.contains($0) }) ?? false,
          method != .hard || choice.labels != nil
        else { throw .unknownMethod(file: file, name: name) }
      }
    }
    self.findings = findings
  }

  /// The name of the choice among the settings.
  package static let choiceSetting = "the choice of methods"
}

extension MethodChoice {
  /// What users have, on one line.
  var text: String {
    let groups = sets.indices.dropFirst().map { "up to \(edges[$0]): \(chosen($0))" }
    let pairs = labels.map { "; hard: \($0.text)" } ?? ""
    return
      "all: \(chosen(0)); \(groups.joined(separator: "; "))\(chosenMethods.contains("hard") ? pairs : "")"
  }
}
