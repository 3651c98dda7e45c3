import IO
import Runs
import Support

/// A report in the place of an earlier one: its files are made in a folder of their own, and take their names one by one
/// when all of them are whole. So a report that cannot be written leaves the earlier one.
struct ReportExchange {
  private let output: String
  private let unfinished: String

  /// In the folder `output`, which the caller has locked.
  init(in output: String) {
    self.output = output
    unfinished = FileStatus.path(of: ".report-unfinished", in: output)
  }

  /// Lets `write` make the files in the folder that it is given, and gives them their names in place of the files
  /// `earlier`.
  func replace<Told>(_ earlier: [String], _ write: (String) throws -> Told) throws -> Told {
    try remove()
    try AtomicFile.makeFolder(unfinished)
    do {
      let told = try write(unfinished)
      try exchange(earlier)
      try remove()
      return told
    } catch {
      try? remove()
      throw error
    }
  }

  /// The list of the files comes last: until then the earlier one's says what to remove.
  private func exchange(_ earlier: [String]) throws {
    let names = try FileStatus.names(in: unfinished).filter { !$0.hasPrefix(".") }
    let list = names.filter { $0 == EarlierReport.manifest }
    for name in names where !list.contains(name) { try move(name) }
    for file in earlier where !names.contains(FileStatus.name(of: file)) { try FileStatus.remove(file) }
    for name in list { try move(name) }
  }

  private func move(_ name: String) throws {
    let made = "\(unfinished)/\(name)"
    // Drawings are another program's, and may not be on the disk yet.
    let descriptor = open(made, O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    guard descriptor >= 0, syncAll(descriptor) else {
      throw SystemError.failed(file: made, action: "sync", code: errno)
    }
    try AtomicFile.move(made, to: FileStatus.path(of: name, in: output))
  }

  /// Removes what a report has made that was stopped.
  private func remove() throws {
    for name in try FileStatus.names(in: unfinished) { try FileStatus.remove("\(unfinished)/\(name)") }
    guard rmdir(unfinished) == 0 || errno == ENOENT else {
      throw SystemError.failed(file: unfinished, action: "remove", code: errno)
    }
  }
}
