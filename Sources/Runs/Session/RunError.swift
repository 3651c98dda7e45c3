/// Why a run is refused.
package enum RunError: Error, CustomStringConvertible {
  case noFolder(path: String, why: String)
  case readOnlyFolder(path: String)
  case occupied(folder: String, file: String)
  /// A kill has stopped an overwriting run while it exchanged its files for the earlier ones.
  case halfExchanged(folder: String, file: String)
  /// Another run with --overwrite is under way, whose files the resumed one would work beside.
  case otherReplacement(folder: String, name: String)
  /// `host` is nil where the process is on this one.
  case inUse(folder: String, host: String?, process: Int, since: String, lock: String)
  /// A lock that does not say whose it is.
  case namelessLock(lock: String)
  case noCheckpoint(folder: String)
  /// A training cannot go on from the models of `folder`.
  case noParent(folder: String)
  /// `--warm-start` beside a method that needs a search, which trains a model by itself; `what` it needs, and the
  /// option that gives it.
  case searchBesideWarmStart(method: String, what: String, option: String)
  case noEvaluatedUsers(file: String)
  /// The same of those whose saved models are given.
  case noSavedUsers(file: String, models: String)
  /// A model that is another one than when it was checked.
  case changed(file: String)
  case differentFiles(file: String)
  case otherResults(file: String, what: String)
  /// Outcomes under other methods, which the command line or the job names.
  case otherMethods(file: String, found: String, wanted: String)
  /// A table in the output folder that a run would take, and its own search would not make; `why` it is another, and the
  /// option by which it is taken all the same.
  case otherTable(why: String, option: String, file: String)
  case nothingToKeep
  case removesInput(file: String)
  /// The timeline would be written in the place of a file that the run writes.
  case profileIsOutput(file: String)
  /// The timeline would be written in the place of one that is there.
  case earlierTimeline(file: String)
  case notSaved(file: String, method: String, saved: [String])
  /// The catalogue in the output folder names the rows of models of another data set.
  case otherCatalogue(file: String)
  /// The model of a group that a command would take, which does not fit and which it does not replace.
  case keptGroup(file: String)
  case groupDiverged(group: String, epoch: Int, step: Int, learningRate: Double)
  case noHeldOutUsers(file: String, holdout: Double)
  /// What is held out of the cloud training has no user, or none whose clicks could be ranked.
  case nothingToJudgeBy(file: String, last: Double, metric: String)
  /// No method of a search has settings.
  case nothingSearched
  /// A fold of a choice of methods has no user who tells methods apart.
  case noUsersInFold(file: String, fold: Int, folds: Int, holdout: Double)
  case noLabels(folder: String)
  case noSettings(folder: String)
  case noChoice(folder: String, method: String)
  /// A search of cloud settings without any, or without what to judge them by.
  case nothingToSearch(missing: String)
  case tooManyCandidates(file: String, candidates: Int, items: Int)

  package var description: String {
    switch self {
    case .noFolder("", _): "the output folder has no name; give one with --output"
    case .noFolder(let path, let why):
      "\(path): cannot create the output folder: \(why); give another --output"
    case .readOnlyFolder(let path): "\(path): the output folder is not writable; give another --output"
    case .occupied(let folder, let file):
      "\(folder): holds \(file) of an earlier run; give --resume to continue it, --overwrite to start anew, "
        + "or another --output"
    case .halfExchanged(let folder, let file):
      "\(folder): a run with --overwrite was killed while it put its files in place (\(file)); give that command again "
        + "with --resume, which takes a moment"
    case .otherReplacement(let folder, let name):
      "\(folder): a run with --overwrite of another command, or of other methods, was stopped and has its files in "
        + "\(name); give that command again with --resume, or remove that folder"
    case .inUse(let folder, nil, let process, let since, _):
      "\(folder): in use by process \(process) on this host since \(since); wait until it ends, or give "
        + "another --output"
    case .inUse(let folder, let host?, let process, let since, let lock):
      "\(folder): in use by process \(process) on host \(host) since \(since); wait until it ends, or, if it "
        + "is no longer running, delete \(lock)"
    case .namelessLock(let lock):
      "\(lock): does not say which process works in its folder; delete it if none does"
    case .noCheckpoint(let folder):
      "\(folder): has no checkpoint-epoch-N.h5; run lcft train first, or give --checkpoint FILE"
    case .noParent(let folder):
      "\(folder): has no checkpoint-epoch-N.h5 that a training could go on from; give --warm-start the folder of a "
        + "training, or a checkpoint"
    case .searchBesideWarmStart(let method, let what, let option):
      "the method \(method) needs \(what), for which lcft run would train a model without --warm-start; give "
        + "\(option) FILE, or leave \(method) out"
    case .noEvaluatedUsers(let file):
      "\(file): no user has both training and test samples; import with another split"
    case .noSavedUsers(let file, let models):
      "\(file): none of the users whose models \(models) holds has training and test samples in it; give a data set that has "
        + "them"
    case .changed(let file):
      "\(file): has changed since the command checked it; give the command again"
    case .differentFiles(let file):
      "\(file): not the same content on every rank; copy the same file to all hosts"
    case .otherResults(let file, let what):
      "\(file): was made with another \(what); give that one, or another file or folder"
    case .otherMethods(let file, let found, let wanted):
      "\(file): was made with finetuning.methods \(found), and this command has \(wanted); give --methods "
        + "\(found.filter { !"[] ".contains($0) }), or another --output"
    case .removesInput(let file):
      "\(file): --overwrite would replace this file, which the command reads; move it, or give another --output"
    case .profileIsOutput(let file):
      "\(file): a run keeps a file of its own under this name; give another --profile"
    case .earlierTimeline(let file):
      "\(file): is there already, from before the run was resumed; give another --profile"
    case .otherTable(let why, let option, let file):
      "\(why); or give \(option) \(file) to take that table as it is"
    case .nothingToKeep:
      "no method of the run fine-tunes; add one to --methods, or leave out --save-models"
    case .notSaved(let file, let method, let saved):
      "\(file): holds no models fine-tuned under \(method), only under \(saved.joined(separator: ", "))"
    case .otherCatalogue(let file):
      "\(file): says what the rows of models of another data set are, and models of groups need their own beside them; "
        + "give another --output"
    case .keptGroup(let file):
      "\(file): is of another cloud model, job or data set, and --overwrite does not replace it here; move it, or give "
        + "another --output"
    case .groupDiverged(let group, let epoch, let step, let learningRate):
      "the training loss of group \(group) is not finite in epoch \(epoch), step \(step), at learning rate "
        + "\(learningRate); lower grouping.learning_rate"
    case .noHeldOutUsers(let file, let holdout):
      "\(file): no user has both classes among the held-out training samples (search.holdout \(holdout)); "
        + "hold out another share, or give a log with more samples per user"
    case .nothingToJudgeBy(let file, let last, let metric):
      "\(file): no user has "
        + (metric == "user_auc" ? "both classes among the" : "any")
        + " held-out training samples (validation.last \(last)); hold out another share, or give a log with more samples "
        + "per user"
        + (metric == "user_auc" ? ", or set validation.metric: log_loss" : "")
    case .noLabels(let folder):
      "\(folder): the method hard needs a table of labels and there is no labels.h5; run lcft search-labels "
        + "first, or give --labels FILE"
    case .noSettings(let folder):
      "\(folder): the job's finetuning.settings are searched and there is no search.h5; run lcft search first, or give "
        + "--settings FILE"
    case .nothingSearched:
      "none of the methods has settings to search; give others with --methods, such as local,soft1"
    case .noUsersInFold(let file, let fold, let folds, let holdout):
      "\(file): no user has training samples enough that those held out in fold \(fold) have both classes "
        + "(search.choice.folds \(folds), search.holdout \(holdout)); "
        + (fold > 1 ? "set search.choice.folds to \(fold - 1), or hold out" : "hold out")
        + " another share, or give a log with more samples per user"
    case .noChoice(let folder, let method):
      "\(folder): the method \(method) needs a choice of methods and there is no choice.h5; run lcft search-methods first, "
        + "or give --choice FILE"
    case .nothingToSearch(let missing):
      "the job has no \(missing): a search of cloud settings needs search.cloud.settings, what to try, and validation.last, "
        + "what to judge it by"
    case .tooManyCandidates(let file, let candidates, let items):
      "\(file): has \(items) items, but a visit needs \(candidates) distinct candidates; lower --candidates"
    }
  }
}
