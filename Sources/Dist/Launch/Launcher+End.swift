import Support

extension Launcher {
  /// Ends mpirun, or its daemon on this host, where it is still there in some seconds.
  ///
  /// For when another host is lost. MPI_Abort has mpirun end this host's ranks, but then mpirun waits for an
  /// answer from the lost host for as long as TCP repeats a message, a quarter of an hour. (SIGTERM makes it, too,
  /// until it crashes.) By a process of its own, since this one is ended meanwhile.
  static func endIfStuck() {
    let parent = getppid()
    guard launchers.contains(name(of: parent)) else { return }
    // By name, too: a number may have been given to another process by then. Its children are the ssh to the
    // lost host, and ranks.
    let script = """
      sleep 5
      [ "$(cat /proc/\(parent)/comm 2>/dev/null)" = '\(name(of: parent))' ] || exit 0
      kill -KILL $(cat /proc/\(parent)/task/\(parent)/children) \(parent)
      """
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // What mpirun reads from this rank would not end.
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Out of the process group that mpirun ends.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK))
    let words: [String] = ["sh", "-c", script]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
  }

  private static let launchers = ["mpirun", "mpiexec", "orterun", "orted", "prterun", "prted"]

  private static func name(of process: pid_t) -> String {
    let file = open("/proc/\(process)/comm", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
      let count = read(file, buffer.baseAddress, buffer.count)
      return String(decoding: buffer.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
  }
}
