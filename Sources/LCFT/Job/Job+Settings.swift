import IO
import Support

/// What a resumed run compares with what it finds, setting by setting and as text. The tables of the job's
/// sections say what belongs to it.
extension Job {
  /// What the bits of the cloud model depend on. The number of epochs is not part of it: a training may be
  /// resumed for longer.
  package var trainingSettings: Journal.Settings { settings(affecting: .cloudModel) }

  /// What users' outcomes depend on besides the cloud model. What searches found counts by its values,
  /// wherever they come from: settings from a search are the same as those from the job file.
  package var fineTuningSettings: Journal.Settings {
    let methods = fineTuning.methods
    var effective = self
    effective.fineTuning.perMethod = [:]
    for method in tunedMethods(methods) { effective.fineTuning.perMethod[method] = tuning(of: method) }
    var settings = effective.settings(
      affecting: methods.contains(.grouped) ? [.outcomes, .groupModels] : .outcomes)
    if methods.contains(.hard), let pairs = findings.labels?.pairs {
      settings.append((Job.labelsSetting, pairs.text))
    }
    if methods.contains(where: \.isChoice), let choice = findings.choice?.choice {
      settings.append((Job.choiceSetting, choice.text))
    }
    // A method brings settings with it. Where the methods differ, a refusal names them and not these.
    let isMethods = { (setting: (name: String, value: String)) in setting.name == Job.methodsSetting }
    return settings.filter(isMethods) + settings.filter { !isMethods($0) }
  }

  /// Whether the setting of that `name` is one of a single method.
  package static func isOfOneMethod(_ name: String) -> Bool {
    name.hasPrefix("\(fineTuningSection.key).\(perMethodSection.key).")
  }

  /// The name of the methods among the settings.
  package static let methodsSetting = "\(fineTuningSection.key).methods"

  /// The name of hard correction's labels among the settings.
  package static let labelsSetting = "the labels of hard"

  /// `fineTuningSettings` of the job with `methods` instead of its own.
  package func fineTuningSettings(of methods: [Method]) -> Journal.Settings {
    var job = self
    job.fineTuning.methods = methods
    return job.fineTuningSettings
  }

  /// What groups' models depend on besides the cloud model.
  package var groupingSettings: Journal.Settings { settings(affecting: .groupModels) }

  /// What a search depends on besides the data set, the points that it tries and the cloud model, where it is
  /// given one.
  package var searchSettings: Journal.Settings { settings(affecting: [.cloudModel, .searches]) }

  /// What the labels that a search chooses depend on besides what it has measured.
  package var labelChoiceSettings: Journal.Settings { settings(affecting: .chosenLabels) }

  /// The same of the methods that a search chooses.
  package var methodChoiceSettings: Journal.Settings { settings(affecting: [.chosenLabels, .chosenMethods]) }

  /// Whether this job's training goes on where one with the `searchSettings` `earlier` ended: with more epochs or more
  /// patience, and fewer of neither.
  package func isLonger(than earlier: Journal.Settings) -> Bool {
    func length(_ name: String, in settings: Journal.Settings) -> Int {
      // Without a patience a training goes on to its last epoch.
      settings.first { $0.name == name }.flatMap { Int($0.value) } ?? .max
    }
    let own = searchSettings
    let lengths = ["training.epochs", "validation.patience"].map {
      (before: length($0, in: earlier), now: length($0, in: own))
    }
    return lengths.allSatisfy { $0.now >= $0.before } && lengths.contains { $0.now > $0.before }
  }
}

extension LabelTable.Pairs {
  /// The labels on one line.
  package var text: String {
    alpha.indices.map { "up to \(edges[$0 + 1]): \(alpha[$0]), \(beta[$0])" }.joined(separator: "; ")
  }
}
