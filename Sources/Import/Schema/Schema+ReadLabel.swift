import IO
import Support
import YAML

/// Reading what a schema says of labels.
extension Schema {
  static func readLabel(_ root: YAMLSection) throws -> Label {
    guard root.has("label") else { return .unstated }
    guard root.isSection("label") else {
      let text = try root.string("label", default: "none")
      return text == "none" ? .none : .values(column: text, positive: [], negative: [])
    }
    let section = try root.section("label")
    if section.has("credit") {
      let credit = try readCredit(section)
      try section.finish()
      return .credit(credit)
    }
    let ratio = try section.texts("columns", default: [])
    let column = try section.string("column", default: ratio.isEmpty ? "label" : "")
    try section.refuseIf(!ratio.isEmpty && section.has("column"), "columns", "and column exclude each other")
    try section.refuseIf(
      section.has("columns") && ratio.count != 2, "columns",
      "must be two columns, whose ratio makes the label")
    let (positive, negative) = (
      try section.texts("positive", default: []), try section.texts("negative", default: [])
    )
    let isNumber =
      !ratio.isEmpty || ["at_least", "not_rated", "between"].contains { section.has($0) }
    try section.refuseIf(
      isNumber && !(positive + negative).isEmpty, "positive",
      "and negative name values, and do not go with a threshold")
    try section.refuseIf(
      !ratio.isEmpty && !section.has("at_least"), "columns", "need at_least, the lowest ratio of label 1")
    let both = Set(positive).intersection(negative).sorted().first
    try section.refuseIf(both != nil, "negative", "has \(both ?? ""), which is a positive value, too")
    let threshold =
      section.has("at_least") ? try section.number("at_least", default: 4, in: -1e300...1e300) : nil
    let notRated = try section.numbers("not_rated", default: [], in: -1e300...1e300, counts: 1...100)
    let bounds = try section.numbers("between", default: [], in: -1e300...1e300, counts: 2...2)
    try section.refuseIf(
      bounds.count == 2 && bounds[0] > bounds[1], "between", "must be the lowest and the highest rating")
    try section.finish()
    if isNumber {
      return .threshold(
        columns: ratio.isEmpty ? [column] : ratio, atLeast: threshold, notRated: notRated,
        allowed: bounds.isEmpty ? nil : bounds[0]...bounds[1])
    }
    return .values(column: column, positive: positive, negative: negative)
  }

  private static func readCredit(_ label: YAMLSection) throws -> Credit {
    let section = try label.section("credit")
    let credit = Credit(
      column: try section.string("column", default: "action"),
      exposures: try section.texts("exposures", default: []), actions: try readActions(section, "actions"),
      window: try readWindow(section))
    try section.refuseIf(
      credit.exposures.isEmpty, "exposures", "must be the values that say that an item was shown")
    let both = credit.exposures.first { value in credit.actions.contains { $0.value == value } }
    try section.refuseIf(both != nil, "actions", "has \(both ?? ""), which is an exposure, too")
    try section.finish()
    return credit
  }

  private static func readWindow(_ section: YAMLSection) throws -> ActionCredit.Window {
    let text = try section.string("window", default: "day")
    if text == "day" { return .sameDay }
    guard let seconds = Int64(text), seconds >= 0 else {
      throw section.refusal("window", "must be day, or a number of seconds")
    }
    return .seconds(seconds)
  }

  /// Values that say what a user did: a list of names of actions, or a mapping of values to them.
  static func readActions(_ section: YAMLSection, _ key: String) throws -> [NamedAction] {
    func action(_ name: String) throws -> Dataset.Action {
      switch name {
      case "click": return .click
      case "cart": return .cart
      case "fav", "favourite": return .favourite
      case "buy": return .buy
      default:
        throw section.refusal(
          key,
          "has \(name): what a user did is click, cart, favourite or buy, or a mapping of values to these")
      }
    }
    var actions: [NamedAction] = []
    if section.isSection(key) {
      let values = try section.section(key)
      for value in values.keys {
        actions.append(NamedAction(value: value, action: try action(try values.string(value, default: ""))))
      }
    } else {
      for value in try section.texts(key, default: []) {
        actions.append(NamedAction(value: value, action: try action(value)))
      }
    }
    try section.refuseIf(actions.isEmpty, key, "must be the values that say what a user did")
    return actions
  }
}
