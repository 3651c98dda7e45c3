import IO
import LCFT
import Support

/// A choice of methods in lines: what `lcft search-methods` prints, and `lcft describe`.
package struct MethodChoiceText: CustomStringConvertible {
  private let choice: MethodChoice
  private let model: String

  package init(_ choice: MethodChoice, model: String) {
    self.choice = choice
    self.model = model
  }

  package var description: String {
    let all = choice.sets[0]
    var lines = [
      "methods by held-out training samples, \(model), \(counted(all.users, "user")) with \(counted(all.samples, "sample")) in "
        + counted(choice.rule.folds, "fold"),
      "users              method              user AUC   over cloud                   advantage   users",
    ]
    for set in choice.sets.indices {
      for method in choice.methods.indices { lines.append(row(set, method)) }
      lines.append("  \(MethodChoiceText.sentence(choice, set))")
    }
    return (lines + MethodChoiceText.notes(choice)).joined(separator: "\n")
  }

  private func row(_ set: Int, _ method: Int) -> String {
    let own = choice.sets[set]
    let difference =
      method == 0 ? "" : differenceText(own.difference[method], own.low[method], own.high[method])
    return withoutTrailingBlanks(
      pad(method == 0 ? MethodChoiceText.name(choice, set) : "", 19, right: false)
        + pad(choice.methods[method], 19, right: false) + pad(text(own.auc[method], 4), 9) + "   "
        + pad(difference, 27, right: false) + pad(signed(own.advantage[method], 4), 11)
        + (method == 0 ? pad("\(own.users)", 8) : "") + (method == own.chosen ? "  <- chosen" : ""))
  }

  /// How the choice was made; the rule last.
  package static func notes(_ choice: MethodChoice) -> [String] {
    var notes = [
      "over cloud: with its 95% interval, paired over users; advantage: over the method of all users, of groups shrunken"
    ]
    if choice.sets.count > 1, choice.rule.folds > 1 {
      notes.append(
        "users: one who is in another group in another fold is counted in both, so that groups add up to more than all users"
      )
    }
    return (notes + ["rule: \(choice.ruleText)"]).map { wrapped($0, width: 100) }
  }

  /// `all users`, or the group's interval.
  package static func name(_ choice: MethodChoice, _ set: Int) -> String {
    guard set > 0 else { return "all users" }
    return "\(set == 1 ? "[" : "(")\(text(choice.edges[set - 1], 4)), \(text(choice.edges[set], 4))]"
  }

  /// What the users of a set have, and by how much it is better.
  package static func sentence(_ choice: MethodChoice, _ set: Int) -> String {
    let own = choice.sets[set]
    func over(_ method: Int) -> String {
      differenceText(own.difference[method], own.low[method], own.high[method])
    }
    guard own.chosen > 0 else {
      return
        "cloud, as no method is better: the best, \(choice.methods[own.best]), has \(over(own.best)) over it"
    }
    var parts = ["\(choice.chosen(set)): \(over(own.chosen)) over cloud"]
    if own.next > 0 {
      let margin = differenceText(own.margin, own.marginLow, own.marginHigh)
      parts.append("\(margin) over \(choice.methods[own.next])")
    }
    if own.chosen != choice.sets[0].chosen {
      parts.append(
        "shrunken advantage over \(choice.chosen(0)) (the choice for all users): \(signed(own.advantage[own.chosen], 4))"
      )
    }
    return parts.joined(separator: ", ")
  }
}
