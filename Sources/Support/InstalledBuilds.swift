internal import CProcessor

/// The builds of one installation: `bin/lcft` for the processors of all nodes, and in `libexec/lcft/LEVEL/lcft` those for
/// higher levels of x86-64. They give the same bits, so that every rank takes the best that its own host runs.
package enum InstalledBuilds {
  /// The name of the build to take, as clang's -march names its processor; unset or empty for the best one.
  package static let variable = "LCFT_PROCESSOR"

  /// The levels that may have a build of their own, the best one first, and whether this processor has its instructions.
  private static let levels: [(name: String, runs: Bool)] = [("x86-64-v4", lcft_processor_is_v4() != 0)]

  /// The program that users start: of an installation `bin/lcft`, whichever of its builds is running. nil where the system
  /// does not show the file of the running program.
  package static var program: String? {
    guard let executable else { return nil }
    if let base = base(of: executable), access(base, X_OK) == 0 { return base }
    return executable
  }

  /// The files of all builds of the running installation, the program that users start first.
  package static var files: [String] {
    guard let program else { return ["/proc/self/exe"] }
    return [program] + levels.compactMap { build(of: $0.name, beside: program) }
  }

  /// Throws where this processor lacks instructions of this build, which is for `own`, as clang names it. To be called
  /// before anything else, as any code may use them. Where the code up to here did, the system has ended the process.
  @inline(never)
  package static func checkProcessor(own: String?) throws(InstalledBuildError) {
    if let missing = lcft_processor_lacks() { throw .lacks(String(cString: missing), own: own) }
  }

  /// Switches to the best build that this processor runs, which takes the place of this process; returns where that is this
  /// one, which is for `own`. Throws where the build that `variable` asks for is not installed or cannot run here.
  package static func switchToBest(own: String?) throws(InstalledBuildError) {
    guard let executable, base(of: executable) == nil else { return }
    let wanted = getenv(variable).map { String(cString: $0) } ?? ""
    for level in levels where wanted.isEmpty || wanted == level.name {
      guard level.runs, let file = build(of: level.name, beside: executable) else { continue }
      execv(file, CommandLine.unsafeArgv)
    }
    guard wanted.isEmpty || wanted == own else {
      let known = levels.contains { $0.name == wanted && !$0.runs }
      throw known ? .cannotRun(wanted) : .notInstalled(wanted, own: own)
    }
  }

  /// Where links to the running program lead.
  private static var executable: String? { resolved("/proc/self/exe") }

  private static func resolved(_ path: String) -> String? {
    guard let target = realpath(path, nil) else { return nil }
    defer { free(target) }
    return String(cString: target)
  }

  /// The file of the build for `level` beside `program`; nil where there is none. One that a link leads away from is not the
  /// installation's: it could not tell which program it belongs to.
  private static func build(of level: String, beside program: String) -> String? {
    guard let path = path(of: level, beside: program), resolved(path) == path else { return nil }
    return path
  }

  /// PREFIX/bin/lcft for PREFIX/libexec/lcft/LEVEL/lcft; nil for a path that is no such build's.
  package static func base(of path: String) -> String? {
    let parts = path.split(separator: "/")
    guard parts.count >= 4, parts.dropLast(2).suffix(2) == ["libexec", "lcft"] else { return nil }
    guard levels.contains(where: { parts[parts.count - 2] == $0.name }) else { return nil }
    return "/" + (parts.dropLast(4) + ["bin", parts[parts.count - 1]]).joined(separator: "/")
  }

  /// PREFIX/libexec/lcft/LEVEL/lcft for PREFIX/bin/lcft; nil for a path that is in no folder `bin`, as of a program that was
  /// built and not installed.
  package static func path(of level: String, beside program: String) -> String? {
    let parts = program.split(separator: "/")
    guard parts.count >= 2, parts[parts.count - 2] == "bin" else { return nil }
    return "/"
      + (parts.dropLast(2) + ["libexec", "lcft", level[...], parts[parts.count - 1]]).joined(separator: "/")
  }
}

/// Why this processor cannot do what is asked of it.
package enum InstalledBuildError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The installation has no build of this name; its base is for `own`.
  case notInstalled(String, own: String?)
  /// The processor lacks instructions of the build that was asked for.
  case cannotRun(String)
  /// The processor lacks these instructions of the running build, which is for `own`.
  case lacks(String, own: String?)

  package var description: String {
    switch self {
    case .notInstalled(let name, let own):
      "\(InstalledBuilds.variable) is '\(name)', but this program is for \(own ?? "the compiler's default processor") and has "
        + "no such build beside it (jobs/install.sh makes one for x86-64-v4); unset the variable for the best that there is"
    case .cannotRun(let name):
      "\(InstalledBuilds.variable) is '\(name)', whose instructions this host's processor lacks; unset the variable for "
        + "the best build that it runs"
    case .lacks(let instructions, let own):
      "this host's processor has no \(instructions), which this program needs, as it is built for "
        + "\(own ?? "the compiler's default processor"); build it with LCFT_MARCH=native on this host"
    }
  }
}
