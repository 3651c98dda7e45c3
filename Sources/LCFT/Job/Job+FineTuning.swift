import IO
import Models
import Support

extension Job {
  /// Fine-tuning, for each user on the user's own training samples.
  package struct FineTuning: Sendable, Equatable {
    package var methods: [Method] = [.cloud, .local, .soft1, .soft2]
    package var epochs = 1
    package var batchSize = 32
    package var learningRate = 0.01
    /// Its state starts anew for every user and method.
    package var optimizer = Optimizer.sgd
    /// Whether results hold every test sample's prediction, per method.
    package var savePredictions = true
    /// Whether the training samples are scored before and after every fine-tuning, for their losses.
    package var losses = true
    /// Where the settings of single methods come from.
    package var settings = SettingsSource.job
    /// Settings of single methods, instead of those above; `Job.tuning(of:)` says which ones count.
    package var perMethod: [Method: TuningOverrides] = [:]
    /// The file of hard correction's table.
    package var labelTable: String?

    package enum SettingsSource: String, Sendable, CaseIterable {
      case job
      /// A search on held-out training samples (`lcft search`).
      case searched
    }

    /// The settings of `method`, all nil where it has none.
    fileprivate subscript(method: Method) -> TuningOverrides {
      get { perMethod[method] ?? TuningOverrides() }
      set { perMethod[method] = newValue.isEmpty ? nil : newValue }
    }
  }

  static var fineTuningSection: JobSection {
    return JobSection(
      "finetuning", "How each user's model is fine-tuned, on the user's own training samples.",
      [
        JobSetting(
          "methods", \.fineTuning.methods, .choices(Method.allCases, "method"), affects: .outcomes,
          "The methods that every user is scored under; `--methods` replaces them."),
        JobSetting(
          "epochs", \.fineTuning.epochs, .integer(1...10_000), affects: [.outcomes, .searches],
          "Passes over the user's training samples."),
        JobSetting(
          "batch_size", \.fineTuning.batchSize, .integer(1...1_000_000), affects: [.outcomes, .searches],
          "Samples per step."),
        JobSetting(
          "learning_rate", \.fineTuning.learningRate, .number(0...1000), affects: [.outcomes, .searches],
          "Learning rate of all steps."),
      ] + JobSetting.optimizer(\.fineTuning.optimizer, affects: [.outcomes, .searches]) + [
        JobSetting(
          "settings", \.fineTuning.settings, .choice(FineTuning.SettingsSource.allCases), affects: [],
          "Where each method's learning rate, epochs and batch size come from: this section, or what `lcft search` finds "
            + "for each on held-out training samples, by the section `search`. `lcft run` searches by itself; other commands "
            + "take search.h5 of the output folder, and all take that of `--settings`. The settings themselves are "
            + "compared when a run is resumed."),
        JobSetting(
          "save_predictions", \.fineTuning.savePredictions, .boolean, affects: [],
          "Whether the results hold the logit of every test sample under every method."),
        JobSetting(
          "losses", \.fineTuning.losses, .boolean, affects: .outcomes,
          "Whether training samples are scored before and after every fine-tuning, for the mean losses in the "
            + "results. This is a third of the work."),
        JobSetting(
          "label_table", \.fineTuning.labelTable, .optional(.text), affects: [],
          "The file of hard correction's labels; `--labels` replaces it, and without either it is labels.h5 of "
            + "the output folder. The labels in it, not its name, are compared when a run is resumed."),
      ], subsections: [perMethodSection])
  }

  static var perMethodSection: JobSection {
    JobSection(
      "per_method",
      "Settings of one method, instead of those for all. Where `--settings` has settings for a method, "
        + "they replace all of these.", [],
      subsections: Method.choosable.map { method in
        JobSection(method.rawValue, "", JobSetting.tuning(\.fineTuning[method]))
      },
      repeated: "METHOD",
      refused: Method.allCases.filter { !Method.choosable.contains($0) }.map {
        (
          $0.rawValue,
          $0.isChoice
            ? "has no settings: it takes those of the method that is chosen"
            : "has no settings: it is not fine-tuned"
        )
      })
  }
}

extension JobSetting {
  /// The rows of one method's settings at `path`.
  static func tuning(_ path: WritableKeyPath<Job, TuningOverrides>) -> [JobSetting] {
    [
      JobSetting(
        "learning_rate", path.appending(path: \.learningRate), .optional(.number(0...1000)),
        affects: .outcomes, "Learning rate of the method."),
      JobSetting(
        "epochs", path.appending(path: \.epochs), .optional(.integer(1...10_000)), affects: .outcomes,
        "Passes of the method over the user's training samples."),
      JobSetting(
        "batch_size", path.appending(path: \.batchSize), .optional(.integer(1...1_000_000)),
        affects: .outcomes, "Samples per step of the method."),
      JobSetting(
        "mu", path.appending(path: \.mu), .optional(.number(0...1_000_000)), affects: .outcomes,
        defaultWords: "10 for `proximal`, 0 for others",
        "Pull towards the cloud model's weights: mu / 2 times the squared distance from them joins the loss. It acts from "
          + "a user's second step on."),
      JobSetting(
        "share", path.appending(path: \.share), .optional(.number(0...1)), affects: .outcomes,
        defaultWords: "0.5 for `averaged`, 1 for others",
        "Share of the fine-tuned model's logit in the score; the cloud model's has the rest."),
    ]
  }
}
