import LCFT
import Support

extension Session {
  /// Runs a training and reports its progress; `name` is printed before the epoch's number. Returns the
  /// epochs' mean losses. Collective.
  func follow(
    _ run: TrainingRun, from position: TrainingPosition, epochs: Int, name: String
  ) throws -> [Double] {
    var task: ProgressTask?
    /// Steps of the epoch that are left to do, and those that an earlier run has done.
    var (left, before) = (0, 0)
    var recent = Double.nan
    var followed = run
    followed.report = { [progress] event in
      switch event {
      case .epochBegins(let epoch, let done, let steps):
        (left, before, recent) = (steps - done, done, .nan)
        task = progress.start("\(name) \(epoch + 1)/\(epochs)", unit: "steps", total: Double(left))
      case .stepEnds(_, let step, let loss):
        recent = recent.isNaN ? loss : 0.98 * recent + 0.02 * loss
        task?.update(Double(step - before), note: "loss \(text(recent, 4))")
      case .epochEnds(_, let loss):
        task?.finish(Double(left), note: "mean loss \(text(loss, 5))")
      }
    }
    return try followed.run(from: position)
  }

  /// The message of a stopped training: where it is kept and how to resume it.
  func stopHint(_ what: String) -> String {
    "\(folder.path) holds the \(what) so far; give the same command with --resume to continue it"
  }
}
