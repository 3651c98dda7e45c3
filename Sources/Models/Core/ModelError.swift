/// Why there is no model for a configuration.
package enum ModelError: Error, Equatable, CustomStringConvertible {
  /// No model is registered under this name.
  case unknownName(name: String, known: [String])
  /// A size that no layer can have.
  case size(model: String, setting: String, size: Int, minimum: Int)
  /// The attention has two hidden layers.
  case attentionLayers(model: String, layers: Int)
  /// The model multiplies fields, and the user's is not as wide as an encoded item.
  case unalignedFields(model: String, userWidth: Int, itemWidth: Int)
  /// A width is given for a user, and the model has one weight for each.
  case weightPerUser(model: String)
  /// A width is given for a feature that the model takes in another one.
  case fieldWidth(model: String, feature: String, width: Int, fixed: Int)
  /// Different widths are given for features that share a table.
  case tableWidths(table: String, widths: [Int])
  /// The attention subtracts recurrent states from candidates, and their widths differ.
  case stateWidth(model: String, width: Int, itemWidth: Int)
  /// The model works on history sequences of its own.
  case histories(model: String, found: [HistoryKind], own: [HistoryKind])
  /// The model depends on a setting, or on fields of equal width, and its `ModelSettings` do not say so.
  case undeclaredSetting(model: String, setting: String)
  /// The model's `ModelSettings` name a setting that changes nothing in the model.
  case unreadSetting(model: String, setting: String)

  /// The setting at fault, by its name in jobs.
  package var setting: String {
    switch self {
    case .unknownName, .undeclaredSetting, .unreadSetting: "name"
    case .size(_, let setting, _, _): setting
    case .attentionLayers: "attention"
    case .unalignedFields, .weightPerUser: "user_embedding"
    case .fieldWidth, .tableWidths: "feature_embedding"
    case .stateWidth: "gru"
    case .histories: "histories"
    }
  }

  /// What is wrong with the setting and what would be right; follows the setting's name.
  package var reason: String {
    switch self {
    case .unknownName(let name, let known):
      "must be one of \(known.joined(separator: ", ")) instead of \(name)"
    case .size(let model, _, let size, let minimum):
      "must be at least \(minimum) for \(model) instead of \(size)"
    case .attentionLayers(let model, let layers):
      "must have two layers for \(model) instead of \(layers)"
    case .unalignedFields(let model, _, let itemWidth):
      "must be \(itemWidth) for \(model), the width of an item with its features, because \(model) multiplies fields; "
        + "leave it out, or give 0 for no user id"
    case .weightPerUser(let model): "must be 0 or left out for \(model), which has one weight per user"
    case .fieldWidth(let model, let feature, let width, let fixed):
      "gives \(feature) the width \(width), but \(model) takes it in the width of an item with its features, \(fixed); "
        + "leave it out"
    case .tableWidths(let table, let widths):
      "gives features of the table \(table) the widths \(widths[0]) and \(widths[1]); features that share a table have "
        + "one width"
    case .stateWidth(_, _, let itemWidth):
      "must be \(itemWidth), the width of an item with its features, with attention_input original, which "
        + "subtracts states from candidates; or use attention_input concatenated"
    case .histories(let model, _, let own):
      "must be [\(own.map(\.rawValue).joined(separator: ", "))] for \(model), which has a part for each of them"
    case .undeclaredSetting(let model, let setting):
      "cannot be \(model): the model depends on \(setting), which its ModelSettings do not declare; use another "
        + "model or correct the declaration"
    case .unreadSetting(let model, let setting):
      "cannot be \(model): its ModelSettings declare \(setting), on which the model does not depend; use "
        + "another model or correct the declaration"
    }
  }

  package var description: String { "model.\(setting) \(reason)" }
}
