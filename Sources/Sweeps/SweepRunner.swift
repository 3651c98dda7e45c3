import Foundation
import IO
import LCFT
import Runs
import Support

/// Runs of a sweep that are checked, listed, and done one after the other, each by a process of its own.
package struct SweepRunner {
  package let sweep: Sweep
  package let runs: [SweepRun]
  /// The executable that the runs are started with.
  private let program: String
  private let data: [String: SweepData]

  /// Checks all that can be told before a run begins, and changes nothing. `runs` are those of the sweep to do.
  ///
  /// Throws `SweepError`, which names the run, where its job does not fit its data set or its folder holds what is of another
  /// job or cannot be written, and what reading the data sets throws. `onlyLists`: folders are looked at, and none has to
  /// be such that its run could go on there.
  package init(_ sweep: Sweep, _ runs: [SweepRun], program: String, onlyLists: Bool = false) throws {
    self.sweep = sweep
    self.runs = runs
    self.program = program
    if let launcher = sweep.launcher.first, !ChildProcess.exists(launcher) {
      throw SweepError.noLauncher(program: launcher)
    }
    var data: [String: SweepData] = [:]
    for run in runs where data[run.data] == nil { data[run.data] = try SweepData(run.data) }
    self.data = data
    for run in runs {
      guard let data = data[run.data] else { continue }
      try SweepRunner.check(run, on: data)
      if !onlyLists { try run.checkEarlier(in: sweep.output, data: data) }
    }
  }

  private static func check(_ run: SweepRun, on data: SweepData) throws {
    do {
      let job = try run.job.fitted(to: data.sizes.features, file: data.path)
      try job.checkHistories(hasActions: data.hasActions, file: data.path)
      guard job.training.epochs > 0 else { throw TrainingError.noEpochs }
      try job.training.check(samples: data.sizes.trainSamples)
      guard data.sizes.testSamples > 0 else { throw RunError.noEvaluatedUsers(file: data.path) }
      if job.fineTuning.methods.contains(.hard), let table = job.fineTuning.labelTable {
        _ = try FileStatus.sizeOfReadableFile(table)
      }
    } catch {
      throw SweepError.run(name: run.name, reason: StandardError.line(error))
    }
  }

  /// The state of each run.
  package var statuses: [SweepStatus] { runs.map(status) }

  private func status(of run: SweepRun) -> SweepStatus {
    run.status(in: sweep.output, data: data[run.data]?.digest)
  }

  /// A line for each run: its number, its name, its state.
  package var list: [String] {
    let statuses = statuses
    let numbers = "\(runs.last?.number ?? 0)".count
    let names = runs.map(\.name.count).max() ?? 0
    return zip(runs, statuses).map { run, status in
      withoutTrailingBlanks(
        "\(pad("\(run.number)", numbers))  \(pad(run.name, names, right: false))  "
          + "\(pad(status.state.rawValue, 9, right: false))  \(status.detail)")
    }
  }

  /// The commands of the runs that are not done.
  package var commands: [String] {
    zip(runs, statuses).compactMap { run, status in
      status.state == .done ? nil : shellText(sweep.command(of: run, program: program))
    }
  }

  /// Does what is not done, in turn. `say` gets a line when a run begins and when it is over. With `keepGoing` the sweep goes
  /// on after a run that failed. Throws where files of the runs' folders cannot be written.
  package func run(keepGoing: Bool, say: (String) -> Void) throws -> SweepAccount {
    var account = SweepAccount(count: runs.count)
    var left = runs
    repeat {
      // Runs that were at work elsewhere may have ended since, or been given up.
      let before = account.done
      account.atWork = []
      try perform(left, &account, keepGoing: keepGoing, say: say)
      left = left.filter { account.atWork.contains($0.name) }
      if account.done == before { break }
    } while !left.isEmpty && !account.isOver(keepGoing: keepGoing)
    return account
  }

  private func perform(
    _ runs: [SweepRun], _ account: inout SweepAccount, keepGoing: Bool, say: (String) -> Void
  ) throws {
    for run in runs {
      let label = "\(run.number)/\(sweep.runs.count) \(run.name)"
      // Another sweep may have done it in the meantime.
      switch status(of: run).state {
      case .done:
        FolderLock.removeAbandoned(in: run.folder(in: sweep.output))
        account.skipped += 1
        say("\(label): done before")
        continue
      case .atWork:
        account.atWork.append(run.name)
        say("\(label): at work elsewhere")
        continue
      case .halfDone: say("\(label): goes on")
      case .missing: say("\(label): begins")
      case .failed: say("\(label): failed before, once more")
      }
      if StopRequest.isPending {
        account.isStopped = true
        break
      }
      let start = steadySeconds()
      switch try perform(run) {
      case .done:
        account.done += 1
        say("\(label): done in \(durationText(steadySeconds() - start))\(scores(of: run))")
      case .atWork:
        account.atWork.append(run.name)
        say("\(label): at work elsewhere")
      case .stopped: account.isStopped = true
      case .failed(let line):
        account.failed.append((run.name, line))
        say("\(label): failed: \(line)")
      }
      if account.isOver(keepGoing: keepGoing) { break }
    }
  }

  private enum Outcome {
    case done, stopped, atWork
    case failed(String)
  }

  private func perform(_ run: SweepRun) throws -> Outcome {
    let folder = run.folder(in: sweep.output)
    try RunFolder(folder).make()
    let job = run.jobFile(in: sweep.output)
    if (try? TextFile.text(job)) != run.job.text { try AtomicFile.write(run.job.text, to: job) }
    let log = RunLog(run.log(in: sweep.output))
    let command = sweep.command(of: run, program: program)
    try log.begin(command)
    let status = try ChildProcess.run(command, log: log.path)
    // 138: the signal came before the ranks could handle it.
    let isStopped = StopRequest.isPending || status == StopRequest.exitStatus || status == 128 + SIGUSR1
    // Another sweep was quicker, and the command was refused.
    let isElsewhere = status != 0 && !isStopped && self.status(of: run).state == .atWork
    try log.end(failure: status == 0 || isStopped || isElsewhere ? nil : status)
    if status == 0 { return .done }
    if isStopped { return .stopped }
    if isElsewhere { return .atWork }
    return .failed(log.failure ?? "exit status \(status)")
  }

  /// The user AUC of each method of a finished run.
  private func scores(of run: SweepRun) -> String {
    struct Summary: Decodable {
      struct Scores: Decodable { var userAuc: Double? }
      var methods: [String: Scores]?
    }
    let path = RunFolder(run.folder(in: sweep.output)).summary
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard let data = FileManager.default.contents(atPath: path),
      let methods = try? decoder.decode(Summary.self, from: data).methods
    else { return "" }
    let texts = run.job.fineTuning.methods.compactMap { method in
      methods[method.rawValue].map { "\(method.rawValue) \(text($0.userAuc ?? .nan, 4))" }
    }
    return texts.isEmpty ? "" : "; user AUC: " + texts.joined(separator: ", ")
  }
}
