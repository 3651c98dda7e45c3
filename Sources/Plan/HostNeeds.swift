import Dist
import LCFT
import Support

/// The memory that a job needs on hosts of so many ranks, the last ones perhaps of fewer, for any number of hosts.
struct HostNeeds {
  let job: Job
  let sizes: DatasetSizes
  let ranksPerHost: Int
  /// Why the rows of users are not spread over several hosts; nil where they are.
  let obstacle: String?

  var spreads: Bool { obstacle == nil }

  func estimate(hosts: Int, ranks: Int? = nil, sharesTables: Bool) -> ResourceEstimate {
    ResourceEstimate(
      job: job, sizes: sizes, ranks: ranks ?? min(hosts * ranksPerHost, job.training.virtualShards),
      hosts: spreads ? hosts : 1,
      sharesTables: sharesTables, work: [.training, .fineTuning, .choosing, .searching])
  }

  /// Whether the first of the hosts, which needs most, has enough, and what it needs.
  private func fit(
    memory: Int, hosts: Int, sharesTables: Bool
  ) -> (ResourceEstimate.Fit, needed: Int) {
    let estimate = estimate(hosts: hosts, sharesTables: sharesTables)
    let fit = estimate.fit(memory: memory, ranks: ranksPerHost, leader: true)
    if case .tooLarge(_, let needed) = fit { return (fit, needed) }
    return (fit, estimate.fullest(ranks: ranksPerHost, leader: true, spilled: fit != .inMemory).bytes)
  }

  /// Whether the hosts share out the tables of items and values, each with `memory` bytes where that is known, as a run
  /// would decide (`Job.Training.Tables`).
  func sharesTables(hosts: Int, memory: Int?) -> Bool {
    guard spreads, hosts > 1 else { return false }
    switch job.training.tables {
    case .replicated: return false
    case .sharded: return true
    case .auto:
      guard let memory else { return false }
      if case .tooLarge = fit(memory: memory, hosts: hosts, sharesTables: false).0 { return true }
      return false
    }
  }

  /// What of the rows a host has, beside its memory.
  func text(hosts: Int, sharesTables: Bool) -> String {
    guard hosts > 1 else { return "" }
    if let obstacle { return "; every host has the whole data set, as \(obstacle)" }
    return sharesTables ? ", tables shared out" : ", all tables of items and values on every host"
  }

  /// On how few hosts of `memory` bytes the job fits; `hosts` are those that were asked about.
  func fit(memory: Int, hosts: Int) -> String {
    let own = "hosts of \(byteText(memory)) and \(counted(ranksPerHost, "rank")): "
    // A rank needs a shard.
    let most = job.training.virtualShards
    var smallest = Int.max
    for count in 1...most {
      let shares = sharesTables(hosts: count, memory: memory)
      let (fit, needed) = fit(memory: memory, hosts: count, sharesTables: shares)
      if case .tooLarge = fit {
        smallest = min(smallest, needed)
        continue
      }
      var files = ""
      if case .spilled(let outcomes) = fit {
        files = " and outcomes lie in temporary files of \(byteText(outcomes.bytes))"
      }
      return own + "the job fits on \(count) and more, where one needs \(byteText(needed))\(files)"
        + text(hosts: count, sharesTables: shares)
        + (hosts < count ? "; \(hosts) \(hosts == 1 ? "is" : "are") not enough" : "")
    }
    return own + "not enough, however many: one needs at least \(byteText(smallest))"
      + (ranksPerHost > 1 ? "; fewer ranks on a host need less" : "")
      + (most > 1 ? " (up to \(most) hosts, for \(counted(most, "virtual shard")))" : "")
  }
}
