/// Why a training cannot go on from an earlier model. `file` is the earlier model's checkpoint, `data` the data set.
package enum WarmStartError: Error, Equatable, CustomStringConvertible {
  /// The model of a group of users.
  case group(file: String, name: String)
  /// The networks differ in a setting of the job.
  case network(file: String, setting: String, found: String, wanted: String)
  /// The network takes other features, or the same in another order.
  case features(file: String, found: [String], data: String, wanted: [String])
  /// A number is transformed by other steps.
  case steps(file: String, feature: String, found: String, data: String, wanted: String)
  /// Values find their rows in another way: hashed into another number of rows, or on one side only.
  case rows(file: String, table: String, found: String, data: String, wanted: String)
  case optimizer(file: String, found: String, wanted: String)
  case progress(file: String)

  package var description: String {
    func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
    switch self {
    case .group(let file, let name):
      return "\(file): is the model of the group \(name), and a training goes on from a cloud model; give a "
        + "checkpoint-epoch-N.h5"
    case .network(let file, let setting, let found, let wanted):
      return
        "\(file): has another network: \(setting) is \(found), the job has \(wanted); give the job the same, or train "
        + "without --warm-start"
    case .features(let file, let found, let data, let wanted):
      return
        "\(file): takes other features: \(list(found)); on \(data) the job takes \(list(wanted)); import the data set "
        + "with the same, choose them by model.features, or train without --warm-start"
    case .steps(let file, let feature, let found, let data, let wanted):
      return
        "\(file): takes the number \(feature) by the steps [\(found)], and \(data) has [\(wanted)]; import the data set "
        + "by the same schema, or train without --warm-start"
    case .rows(let file, let table, let found, let data, let wanted):
      return
        "\(file): the values of \(table) are \(found), and in \(data) \(wanted), so that rows cannot be matched; import "
        + "the data set by the same schema, or train without --warm-start"
    case .optimizer(let file, let found, let wanted):
      return
        "\(file): was trained by \(found), and the job has training.optimizer \(wanted), which cannot use its state; "
        + "give --warm-start-optimizer reset"
    case .progress(let file):
      return
        "\(file): /progress has more epochs or steps than any training; give a checkpoint that lcft wrote"
    }
  }
}
