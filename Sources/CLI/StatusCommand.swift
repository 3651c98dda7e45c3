import ArgumentParser
import Runs
import Support

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how far runs are, including runs on other hosts and runs that have ended or died.",
    usage: "lcft status <dir> ... [--json]",
    discussion: """
      Example:
        lcft status runs/*
      Prints one line per output folder, from its lock and its progress.jsonl alone. A run on this \
      host is looked up among the processes. A run on another host that has written nothing for five \
      minutes is called silent; only that host can tell whether it is alive.

      The exit status is that of the folder in the worst state:
        0 finished   2 running   3 stopped by a signal (--resume continues)
        4 silent     5 failed    6 killed (--resume continues)
        7 no run in the folder   8 the folder cannot be read
      """)

  @Argument(
    help: ArgumentHelp("The output folders of any commands.", valueName: "dir"), completion: .directory)
  var folders: [String]

  @Flag(help: "Print a list in JSON: state, phase, done, total, rate, seconds_left, values, host, ...")
  var json = false

  func run() throws {
    var named = folders
    // A pattern of the shell gives the files beside the folders as well.
    let files = folders.filter(isFile)
    if !files.isEmpty, files.count < folders.count {
      named.removeAll(where: isFile)
      let rest = files.count == 1 ? "" : " and \(files.count - 1) more"
      StandardError.write("lcft: passed over, as they are no folders: \(files[0])\(rest)\n")
    }
    let runs = named.map { RunStatus(of: $0) }
    print(json ? try RunStatus.json(of: runs) : RunStatus.lines(of: runs))
    let status = RunStatus.exitStatus(of: runs)
    guard status == 0 else { throw ExitCode(status) }
  }

  private func isFile(_ path: String) -> Bool { access(path, F_OK) == 0 && !FileStatus.isFolder(path) }
}
