/// Whether and since when processes of this host run.
package enum ProcessStatus {
  /// Whether the process `id` has ended: there is none, or one that only waits for its parent to ask how it ended, which
  /// writes nothing any more.
  package static func hasEnded(_ id: pid_t) -> Bool {
    if kill(id, 0) != 0 { return errno == ESRCH }
    guard let state = fields(of: id)?.first else { return false }
    return state == "Z" || state == "X"
  }

  /// The clock tick since the boot at which the process `id` began; nil where the system does not say.
  package static func begin(of id: pid_t) -> Substring? {
    // The 22nd field of /proc/ID/stat, of which the state is the third.
    fields(of: id).flatMap { $0.count > 19 ? $0[19] : nil }
  }

  /// The fields of /proc/ID/stat from the state on, the third: the name before it may hold anything.
  private static func fields(of id: pid_t) -> [Substring]? {
    guard let stat = SystemFile.text("/proc/\(id)/stat"), let name = stat.lastIndex(of: ")") else {
      return nil
    }
    return stat[stat.index(after: name)...].split(separator: " ")
  }
}
