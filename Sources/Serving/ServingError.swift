import Support

/// Why a model cannot be served.
package enum ServingError: Error, Equatable, CustomStringConvertible {
  case unknownEnding(file: String, option: String)
  /// `mayTakeData`: whether the command could take the data set instead.
  case noCatalogue(checkpoint: String, looked: String, mayTakeData: Bool)
  case otherCatalogue(file: String, checkpoint: String)
  /// A method that fine-tunes, and neither saved models nor samples to fine-tune on.
  case nothingToFineTune(method: String)
  /// A method that is made from all users' training samples, and no data set.
  case needsAllSamples(method: String)
  case noGroups(method: String)
  /// The same, and the group's model alone, where one user is fine-tuned.
  case groupsNeedData(method: String)
  case groupModelOfUser(file: String)
  case noGroup(file: String, group: String)
  case groupModelAlone(file: String)
  case noLabels(folder: String)
  case noUser
  /// Of the methods of one user none fine-tunes.
  case nothingOfUser
  /// The fine-tuning of one user under a method left weights that are no numbers.
  case diverged(method: String)

  package var description: String {
    switch self {
    case .unknownEnding(let file, let option):
      "\(quoted(file)): \(option) must end in .csv or .h5, which says what is written"
    case .noCatalogue(let checkpoint, let looked, let mayTakeData):
      "\(checkpoint): names of users, items and values are needed beside it, and \(looked) is not there; give "
        + "--catalogue FILE" + (mayTakeData ? ", or the data set with --data" : "")
    case .otherCatalogue(let file, let checkpoint):
      "\(file): is not the catalogue of \(checkpoint), which was made with another data set; give the catalogue.h5 of its "
        + "folder"
    case .nothingToFineTune(let method):
      "the method \(method) needs models of the users: give --models FILE, or --data FILE to fine-tune them"
    case .needsAllSamples(let method):
      "the method \(method) is made from all users' training samples: use lcft predict with --data FILE"
    case .noGroups(let method):
      "the method \(method) needs --data, which tells the users' groups; or give a group's model as --checkpoint"
    case .groupsNeedData(let method):
      "the method \(method) needs all users' data: leave it out of --methods, or use lcft predict with --data FILE"
    case .groupModelOfUser(let file):
      "\(file): is the model of a group, which is not fine-tuned for a user: give the cloud model"
    case .noGroup(let file, let group):
      "\(file): the model of the group \(group) is not there; run lcft finetune --methods grouped first"
    case .groupModelAlone(let file):
      "\(file): is the model of a group, which scores by itself: leave out --methods and --models"
    case .noLabels(let folder):
      "\(folder): the method hard needs a table of labels and there is no labels.h5; give --labels FILE"
    case .nothingOfUser: "no method fine-tunes a model for the user; add one, such as local, to --methods"
    case .diverged(let method):
      "\(method): the user's fine-tuning diverged, and nothing is written; lower finetuning.learning_rate or epochs in the "
        + "job (--job)"
    case .noUser: "--user has no name; give the user's identifier"
    }
  }
}
