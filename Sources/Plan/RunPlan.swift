import Dist
import Foundation
import IO
import LCFT
import Support

/// Where a job will run.
package struct Cluster: Sendable {
  package var ranks: Int
  package var hosts: Int
  /// Per host: less than one where that is what it may use.
  package var cores: Double
  /// Between hosts; between ranks where there is one host.
  package var link: Link
  /// Whether nobody has said how fast the link is.
  package var isLinkAssumed: Bool

  /// Latency in seconds and bandwidth in bytes per second; nil: those of memory on one host, of a network of 1 Gbit/s
  /// between hosts.
  package init(ranks: Int, hosts: Int, cores: Double, latency: Double?, bandwidth: Double?) {
    self.ranks = ranks
    self.hosts = hosts
    self.cores = cores
    link = Link(
      latency: latency ?? (hosts > 1 ? 50e-6 : 1e-6), bandwidth: bandwidth ?? (hosts > 1 ? 125e6 : 4e9))
    isLinkAssumed = latency == nil && bandwidth == nil
  }

  var ranksPerHost: Int { (ranks + hosts - 1) / hosts }
  /// Ranks that share a core take turns.
  var turns: Double { max(1, Double(ranksPerHost) / cores) }

  /// How much longer work takes that a host's rank does alone.
  var alone: Double { max(1, 1 / cores) }

  /// Seconds of an exchange. Between hosts every round takes one latency, every message takes its sender an eighth of
  /// one, a host's ranks send in turns, and they share its link. Within a host a meeting takes as many latencies as its
  /// ranks can be halved, and every rank copies for itself. Where ranks share a core, whoever waits waits for the turns
  /// of the others as well, about 20 us each.
  func seconds(_ cost: ExchangeCost) -> Double {
    guard ranks > 1 else { return 0 }
    let turn = turns > 1 ? 20e-6 * turns : 0
    let inside = hosts > 1 ? Cluster.memory : link
    let halvings = Double(ranksPerHost).logarithm2RoundedUp
    let senders = Double(max(1, min(ranksPerHost, hosts - 1)))
    let between =
      cost.rounds * (link.latency + turn) + cost.messages / senders * link.latency / 8
      + cost.bytes / link.bandwidth
    let within =
      ranksPerHost > 1
      ? cost.meetings * (halvings * inside.latency + turn) + cost.shared / inside.bandwidth : 0
    return (hosts > 1 ? between : 0) + within
  }

  /// Between ranks of one host, where the link is that between hosts.
  private static let memory = Link(latency: 1e-6, bandwidth: 4e9)

  /// The ranks on the hosts, as many on each.
  var layout: HostLayout { HostLayout(hosts: hosts, ranks: ranks) }
}

/// What a job will take on a cluster: time by a cost model, memory and disk by `ResourceEstimate`.
///
/// A step's passes are shared among ranks by virtual shards, and the fullest rank counts; the rows of items
/// and categories are stepped once per host, dense weights by every rank. Not estimated: models of groups, a slower
/// file system, ranks that are slower than this machine.
package struct RunPlan: CustomStringConvertible {
  package let load: Double
  /// Of one step: within a rank and between ranks.
  package let stepComputing: Double
  package let stepCommunicating: Double
  /// How much of a step's computing is done while hosts wait for one another: the next batch, a rank's own additions, the
  /// step of the tables' rows.
  package let stepOverlap: Double
  /// Of one epoch: its steps, and what comes after them.
  package let steps: Double
  package let checkpoint: Double
  package let fineTuning: Double
  package let results: Double
  /// The searches that the run makes by itself.
  private let searches: [(search: PlannedSearch, seconds: Double)]
  package let epochs: Int
  package let estimate: ResourceEstimate
  /// The data set that the plan is for, where it is a larger one than that at hand.
  private let size: DatasetSizes?
  private let tables: String
  private let fit: String?
  private let calibration: Calibration
  private let cluster: Cluster
  private let job: Job

  package var total: Double {
    load + Double(epochs) * (steps + checkpoint) + searches.reduce(0) { $0 + $1.seconds } + fineTuning
      + results
  }

  /// Calibrates on every rank of `communicator` at once; the plan is rank 0's. `memory`, in bytes, is what a host has, where
  /// that is known. `users` and `items`: as many as the data set is taken to have, instead of its own. Collective.
  package init(
    jobPath: String, dataPath: String, methods: [Method]?, cluster: Cluster, memory: Int? = nil,
    users: Int? = nil, items: Int? = nil, communicator: any Communicator
  ) throws {
    var job = try communicator.collectively { try Job.read(jobPath) }
    if let methods { job.fineTuning.methods = methods }
    let own = try communicator.collectively { try DatasetSizes(dataPath) }
    let size = PlannedSize(users: users, items: items, of: own)
    let sizes = own.scaled(size)
    let needs = try communicator.collectively {
      HostNeeds(
        job: job, sizes: sizes, ranksPerHost: cluster.ranksPerHost,
        obstacle: try job.obstacleToSpreading().map { "\($0) needs it" }
          ?? (DatasetFile.hasParts(dataPath) ? nil : "the file cannot be checked in parts"))
    }
    let sharesTables = needs.sharesTables(hosts: cluster.hosts, memory: memory)
    tables = needs.text(hosts: cluster.hosts, sharesTables: sharesTables)
    fit = memory.map { needs.fit(memory: $0, hosts: cluster.hosts) }
    var calibration = try communicator.collectively {
      try Calibration(job, dataPath: dataPath, hosts: cluster.layout, sharesTables: sharesTables)
    }
    try calibration.average(communicator)
    func weights(_ sizes: DatasetSizes) -> Double {
      Double(ResourceEstimate(job: job, sizes: sizes, ranks: 1, work: .training).checkpointBytes)
    }
    calibration.scale(size, weights: weights(sizes) / max(weights(own), 1))
    self.size = size.isLarger ? sizes : nil
    let map = try ShardMap(shards: job.training.virtualShards, layout: cluster.layout)
    let share = Double(map.shards(ofRank: 0).count) / Double(map.shards)
    let ranks = Double(cluster.ranks)

    self.job = job
    self.calibration = calibration
    self.cluster = cluster
    epochs = job.training.epochs
    // Each host reads the rows of its own users.
    load = cluster.alone * calibration.load / Double(needs.spreads ? cluster.hosts : 1)
    // Lists are joined within a rank and once more among ranks, each of which joins its part.
    let joined = cluster.ranks > 1 ? share + 1 / ranks : 1
    let rowUpdate = calibration.rowUpdate / Double(cluster.ranksPerHost)
    stepComputing =
      cluster.turns
      * (share * (calibration.passes + calibration.userUpdate) + joined * calibration.additions
        + rowUpdate + calibration.denseUpdate)
    stepCommunicating = cluster.seconds(calibration.exchange)
    let ahead =
      share * (calibration.batches + calibration.denseAdditions)
      + (job.training.stepsRowsAhead ? rowUpdate : 0)
    stepOverlap = cluster.hosts > 1 ? min(stepCommunicating, cluster.turns * ahead) : 0
    steps = Double(calibration.stepsPerEpoch) * (stepComputing + stepCommunicating - stepOverlap)
    let others = Double(cluster.hosts - 1)
    let shared = ExchangeCost(
      rounds: others, messages: others,
      bytes: Double(calibration.userTableBytes) * others / Double(cluster.hosts))
    checkpoint = cluster.alone * calibration.checkpoint + cluster.seconds(shared)
    let outcomes = ExchangeCost(bytes: Double(calibration.outcomeBytes) * others / Double(cluster.hosts))
    fineTuning = cluster.turns * calibration.users / ranks + cluster.seconds(outcomes)
    // Rank 0 has its host's processors, at least those of the ranks there.
    results =
      cluster.alone * calibration.results + calibration.resultsInParts
      / min(cluster.cores, Double(cluster.ranksPerHost))
    let perMethod = fineTuning / Double(max(1, job.fineTuning.methods.count))
    let training = (steps: Double(epochs) * steps, checkpoints: Double(epochs) * checkpoint)
    searches = job.plannedSearches.map { search in
      let seconds = zip(search.shares, search.plans).reduce(0.0) { seconds, pass in
        seconds + pass.0 * training.steps + training.checkpoints
          + pass.0 * perMethod * search.passes(pass.1, epochs: job.fineTuning.epochs)
      }
      return (search, seconds)
    }
    estimate = needs.estimate(hosts: cluster.hosts, ranks: cluster.ranks, sharesTables: sharesTables)
  }

  package var description: String {
    let hosts = cluster.hosts == 1 ? "1 host" : "\(cluster.hosts) hosts"
    let batches = Double(calibration.stepsPerEpoch)
    var lines = [
      "\(job.name) on \(counted(cluster.ranks, "rank")), \(hosts) of \(String(format: "%g", cluster.cores)) "
        + "core\(cluster.cores == 1 ? "" : "s"), "
        + "latency \(secondsText(cluster.link.latency)), "
        + "bandwidth \(byteText(Int(cluster.link.bandwidth)))/s"
        + (cluster.isLinkAssumed && cluster.ranks > 1 ? " (assumed; lcft ping measures them)" : ""),
      "measured here: \(counted(calibration.measuredSteps, "step")), \(calibration.measuredUsers) of "
        + counted(calibration.evaluatedUsers, "user"),
    ]
    if let size {
      lines.append(
        "for \(counted(size.users, "user")), \(counted(size.items, "item")), \(counted(size.events, "event")), "
          + "\(size.trainSamples) training and \(counted(size.testSamples, "test sample")): times as many of those here"
      )
    }
    func line(_ name: String, _ seconds: Double, _ note: String = "") {
      lines.append(
        "  " + pad(name, 22, right: false) + pad(secondsText(seconds), 13)
          + (note.isEmpty ? "" : "   \(note)"))
    }
    line("data set", load)
    line(
      "training, per epoch", steps,
      "\(counted(calibration.stepsPerEpoch, "step")) of \(secondsText(steps / batches)): "
        + "\(secondsText(stepComputing)) computing, \(secondsText(stepCommunicating)) communicating"
        + (stepOverlap > 0 ? " (\(secondsText(stepOverlap)) at the same time), " : ", ")
        + "\(byteText(Int(calibration.exchange.bytes))) sent per host and step")
    if cluster.hosts > 1 {
      lines.append(
        "    between hosts, mean of \(counted(calibration.countedSteps, "step")): at most "
          + "\(exact(calibration.exchange.messages)) messages and \(exact(calibration.exchange.bytes)) bytes "
          + "from a host")
    }
    line("checkpoint, per epoch", checkpoint)
    line(
      "training", Double(epochs) * (steps + checkpoint), "\(epochs) epoch\(epochs == 1 ? "" : "s")")
    for (search, seconds) in searches { line(search.name, seconds, search.note) }
    line(
      "fine-tuning", fineTuning,
      (fineTuning > 0 ? "\(text(Double(calibration.evaluatedUsers) / fineTuning, 0)) users/s " : "")
        + "under \(counted(job.fineTuning.methods.count, "method"))")
    line("results", results)
    line("total", total)
    let host = estimate.fullest(ranks: cluster.ranksPerHost, leader: true)
    lines.append(
      "memory: \(byteText(estimate.rankBytes(leader: false))) per rank, "
        + "\(byteText(estimate.rankBytes(leader: true))) rank 0, \(byteText(host.bytes)) its host "
        + "(while \(host.stage.name))\(tables)")
    if estimate.spillableBytes > 0 {
      lines.append(
        "  of rank 0's, \(byteText(estimate.spillableBytes)) lie in temporary files where a host has less")
    }
    if let fit { lines.append(fit) }
    lines.append(
      "disk: "
        + estimate.files.map { "\($0.name) \(byteText($0.bytes))" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }
}

extension Double {
  /// The least number of halvings that leave at most 1.
  fileprivate var logarithm2RoundedUp: Double { self > 1 ? log2(self).rounded(.up) : 0 }
}

/// A number with decimals only where it has a fraction.
private func exact(_ value: Double) -> String { text(value, value == value.rounded() ? 0 : 3) }
