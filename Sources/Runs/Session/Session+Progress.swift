import Dist
import IO
import Plan
import Support

extension Session {
  /// Runs `body`, the work of a command, whose progress rank 0 adds to the folder's `progress.jsonl`, from the start to
  /// how it ends.
  func keepingProgress<Product>(_ body: () throws -> Product) throws -> Product {
    guard leads else { return try body() }
    let file = ProgressFile(folder.progress, memory: MachineLimits.residentMemory)
    let silent = progress
    progress = progress.adding(file)
    progressFile = file
    defer { (progress, progressFile) = (silent, nil) }
    var start = ProgressRecord(.start)
    start.creator = "lcft \(FileHeader.programVersion)"
    start.command = command
    start.host = AtomicFile.host
    start.process = Int(getpid())
    start.rankCount = communicator.size
    start.hosts = communicator.ranksByHost.map(\.name)
    file.append(start)
    @Sendable func record(_ outcome: ProgressRecord.Outcome, _ error: String? = nil) -> ProgressRecord {
      var end = ProgressRecord(.end)
      (end.outcome, end.error) = (outcome, error)
      return end
    }
    func end(_ outcome: ProgressRecord.Outcome, _ error: String? = nil) {
      file.append(record(outcome, error))
    }
    let path = folder.progress
    LastWords.listen { ProgressFile(path, memory: { 0 }).append(record(.failed, $0)) }
    defer { LastWords.listen(nil) }
    do {
      let product = try body()
      end(.finished)
      return product
    } catch {
      end(error is Stopped ? .stopped : .failed, StandardError.line(error))
      throw error
    }
  }
}

extension Communicator {
  /// The hosts in the order of their first ranks, and how many ranks each has.
  var ranksByHost: [(name: String, ranks: Int)] {
    var hosts: [(name: String, ranks: Int)] = []
    for host in self.hosts {
      if let place = hosts.firstIndex(where: { $0.name == host }) {
        hosts[place].ranks += 1
      } else {
        hosts.append((host, 1))
      }
    }
    return hosts
  }
}
