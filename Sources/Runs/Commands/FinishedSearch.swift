import IO
import LCFT
import Support

// A search that has written its table.

extension Job {
  /// What is compared with the job `earlier` of a search's table: where that takes the settings of methods from a search,
  /// the ones that were found came later.
  func compared(with earlier: Job) -> Job {
    earlier.fineTuning.settings == .searched ? withoutFoundSettings : self
  }
}

extension RunFolder {
  /// Removes what the search of the table `path` has kept that was stopped between writing it and removing that.
  func endFinishedSearch(_ path: String, journal: String) throws {
    guard holds(path), holds(journal) else { return }
    try removeSearchModel(ofEnded: journal)
    try FileStatus.remove(journal)
  }

  /// Removes the cloud model that the search of `journal`, which has ended, trained for itself, unless another search in
  /// the folder goes on from it.
  func removeSearchModel(ofEnded journal: String) throws {
    func usesIt(_ journal: String) throws -> Bool {
      try Journal.settings(of: journal)?.contains {
        $0.name == Inputs.cloudModelSetting && $0.value == SearchOrigin.ownModel
      } ?? false
    }
    let others = [searchJournal, labelsJournal].filter { $0 != journal }
    guard try usesIt(journal), try !others.contains(where: usesIt) else { return }
    for path in [latestSearchStep, bestOfSearch] { try FileStatus.remove(path) }
  }
}
