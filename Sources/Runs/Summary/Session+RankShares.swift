import IO

extension Session {
  /// Adds what the ranks did with their time in a phase to `progress.jsonl`; `times` are known on rank 0.
  func tell(_ times: [RunSummary.RankTimes]?, of phase: String) {
    guard let progressFile, let times, !times.isEmpty else { return }
    var record = ProgressRecord(.ranks)
    record.phase = phase
    record.shares = RankShares(
      computing: times.map(\.computing), communicating: times.map(\.communicating),
      waiting: times.map(\.waiting))
    progressFile.append(record)
  }
}
