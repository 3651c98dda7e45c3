import Support

/// One command that is started, waited for, and asked to stop when this process is.
enum ChildProcess {
  /// Runs `words`, the first of them a program on the PATH, with its output added to the file `log`, and returns its exit
  /// status, 128 and the signal's number where a signal ended it.
  ///
  /// The child has a process group of its own, so that ^C in a terminal reaches this process alone. The first signal that
  /// asks this process to stop becomes a SIGUSR1 to the child, which mpirun and srun pass on to all ranks and which stops
  /// these in good order; every further one becomes a SIGTERM.
  ///
  /// Throws `SystemError` where the program cannot be started.
  static func run(_ words: [String], log: String) throws -> Int32 {
    let process = try start(words, log: log)
    var asked = 0
    var status: Int32 = 0
    while true {
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process { break }
      if ended < 0, errno != EINTR {
        throw SystemError.failed(file: words[0], action: "wait for", code: errno)
      }
      let signals = StopRequest.count
      if signals > asked {
        kill(process, asked == 0 ? SIGUSR1 : SIGTERM)
        asked = signals
      }
      usleep(20_000)
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  private static func start(_ words: [String], log: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o666)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // No signal is blocked or ignored in the child.
    var (none, usual) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&usual)
    sigaddset(&usual, SIGXFSZ)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &usual)
    let flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var process = pid_t()
    let code = posix_spawnp(&process, words[0], &actions, &attributes, &arguments, environ)
    guard code == 0 else { throw SystemError.failed(file: words[0], action: "start", code: code) }
    return process
  }

  /// Whether `program` is a path of an executable, or the name of one on the PATH.
  static func exists(_ program: String) -> Bool {
    if program.contains("/") { return access(program, X_OK) == 0 && !FileStatus.isFolder(program) }
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/bin:/usr/bin"
    return folders.split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
  }
}
