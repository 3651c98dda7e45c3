import IO
import Support

extension ReportTables {
  /// Where the numbers come from: one row per run.
  static func runs(_ configurations: [Configuration]) -> ReportTable {
    let hasSeeds = configurations.haveSeeds
    var table = ReportTable(
      id: "runs", title: "Where the numbers come from",
      note: "content: the SHA-256 of what results.h5 holds, the same on any number of ranks",
      columns: [
        .init(key: "configuration", title: hasSeeds ? "row" : nil, isNumber: false),
        .init(key: "run", title: "run", isNumber: false),
        .init(key: "folder", title: "folder", isNumber: false),
        .init(key: "job", title: "job", isNumber: false),
        .init(key: "model", title: "model", isNumber: false),
        .init(key: "seed", title: "seed"), .init(key: "ranks", title: "ranks"),
        .init(key: "hosts", title: "hosts", isNumber: false),
        .init(key: "created", title: "finished", isNumber: false),
        .init(key: "creator", title: "by", isNumber: false),
        .init(key: "command", isNumber: false),
        .init(key: "content", title: "content", isNumber: false),
      ])
    for configuration in configurations {
      for run in configuration.runs {
        let digest = run.results.contentDigest()
        table.rows.append([
          .init(configuration.name), .init(run.name), .init(run.folder), .init(run.job),
          .init(run.results.model), .init(data: "\(run.seed)", text: "\(run.seed)"),
          run.ranks.map { .init($0) } ?? .init(data: "", text: "-"), .init(hosts(run) ?? "-"),
          .init(run.created), .init(run.creator), .init(run.command ?? ""),
          .init(data: digest, text: "\(digest.prefix(12))..."),
        ])
      }
    }
    return table
  }

  /// The hosts by name, with the ranks of each where there are several; nil where it is not known.
  private static func hosts(_ run: ReportedRun) -> String? {
    guard let hosts = run.hosts, let first = hosts.first else { return nil }
    return hosts.count == 1
      ? first.name : hosts.map { "\($0.name) (\(counted($0.ranks, "rank")))" }.joined(separator: ", ")
  }
}
