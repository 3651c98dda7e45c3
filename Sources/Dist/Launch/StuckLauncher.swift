import Support

/// The process that started this rank, where it does not end when the ranks do.
///
/// When another host is lost, MPI_Abort makes mpirun end the ranks of this host. But then mpirun waits for an
/// answer from the lost host for as long as TCP repeats a message, a quarter of an hour. (After SIGTERM it
/// waits as well, until it crashes.)
enum StuckLauncher {
  /// Kills mpirun, or its daemon on this host, if it is still there in some seconds. A process of its own
  /// does so, because this one is ended meanwhile.
  static func endLater() {
    let parent = getppid()
    let name = name(of: parent)
    guard OwnLibrary.launchers.contains(name) else { return }
    // The name is checked again: by then another process may have the number. The launcher's children are
    // ranks, and the ssh to the lost host.
    let script = """
      sleep 5
      [ "$(cat /proc/\(parent)/comm 2>/dev/null)" = '\(name)' ] || exit 0
      kill -KILL $(cat /proc/\(parent)/task/\(parent)/children) \(parent)
      """
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // mpirun reads this rank's output to its end, which must not wait for the new process.
    for descriptor in Int32(0)...2 {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // Outside the process group that mpirun ends.
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP) | Int16(POSIX_SPAWN_SETSIGMASK))
    let words: [String] = ["sh", "-c", script]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    posix_spawn(&process, "/bin/sh", &actions, &attributes, &arguments, environ)
  }

  private static func name(of process: pid_t) -> String {
    guard let text = SystemFile.text("/proc/\(process)/comm") else { return "" }
    return String(text.prefix { $0 != "\n" })
  }
}
