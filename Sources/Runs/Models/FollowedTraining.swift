import LCFT
import Support

extension Session {
  /// Runs a training and reports its progress; `name` stands before an epoch's number. Returns the epochs' mean losses.
  /// Collective.
  func follow(
    _ run: TrainingRun, from position: TrainingPosition, epochs: Int, name: String
  ) throws -> [Double] {
    let steps = run.trainer.stepsPerEpoch
    var task: ProgressTask?
    var recent = 0.0
    var first = position.step
    var current = run
    let afterEpoch = run.afterEpoch
    current.afterEpoch = { position in
      task?.finish(Double(steps - first), note: "mean loss \(text(position.losses.last ?? .nan, 5))")
      first = 0
      try afterEpoch(position)
    }
    return try current.run(
      from: position,
      onEpoch: { epoch in
        task = progress.start("\(name) \(epoch + 1)/\(epochs)", unit: "steps", total: Double(steps - first))
        recent = .nan
      },
      onStep: { step, loss in
        recent = recent.isNaN ? loss : 0.98 * recent + 0.02 * loss
        task?.update(Double(step - first), note: "loss \(text(recent, 4))")
      })
  }

  /// What a stopped training says: where it is kept and how it is resumed.
  func stopHint(_ what: String) -> String {
    "\(folder.path) holds the \(what) so far; give the same command with --resume to continue it"
  }
}
