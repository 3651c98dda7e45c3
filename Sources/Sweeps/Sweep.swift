import IO
import LCFT
import Support
import YAML

/// Many runs of one kind: what a sweep file says.
///
/// A sweep is one grid, or a list of them: every job on every data set with every setting and every seed is a run, in a
/// folder of its own below the sweep's.
package struct Sweep {
  package let file: String
  /// The folder that holds those of the runs.
  package let output: String
  /// What each run is started by, such as mpirun with its options; empty: nothing.
  package let launcher: [String]
  /// In the order of the file: of a grid the jobs outermost, then data sets, settings, and seeds innermost.
  package let runs: [SweepRun]

  /// What the command line says in place of the file, or beside it.
  package struct Options {
    package var output: String?
    package var launcher: [String]?
    /// Files of data sets by the names that the sweep has for them.
    package var data: [(name: String, path: String)] = []
    /// Settings of all runs by their names.
    package var settings: [(key: String, value: YAMLValue)] = []

    package init() {}

    /// Gives all runs the setting `key` with the value `text`, in YAML, as `--set` does. Throws `YAMLError`.
    package mutating func set(_ key: String, to text: String) throws {
      settings.append((key, try YAMLValue.parse(text, file: "--set \(key)=\(text)")))
    }
  }

  /// The runs of which `words` are numbers, names, or patterns of names with `*`, `?` and `[...]`; all where there are none.
  /// Throws `SweepError.noRun` where a word means none.
  package func select(_ words: [String]) throws(SweepError) -> [SweepRun] {
    guard !words.isEmpty else { return runs }
    var chosen: Set<Int> = []
    for word in words {
      var found = runs.filter { $0.name == word }
      if found.isEmpty, let number = Int(word) { found = runs.filter { $0.number == number } }
      if found.isEmpty { found = runs.filter { fnmatch(word, $0.name, 0) == 0 } }
      guard !found.isEmpty else {
        throw .noRun(
          file: file, word: word, count: runs.count,
          nearest: Suggestion.nearest(to: word, among: runs.map(\.name)))
      }
      chosen.formUnion(found.map(\.number))
    }
    return runs.filter { chosen.contains($0.number) }
  }

  /// The command of `run`, with `program` as the executable.
  package func command(of run: SweepRun, program: String) -> [String] {
    launcher + [
      program, "run", "--job", run.jobFile(in: output), "--data", run.data, "--output",
      run.folder(in: output), "--resume",
    ]
  }
}

/// One run of a sweep.
package struct SweepRun {
  /// From 1 on, as an array of Slurm counts.
  package let number: Int
  /// The name of its folder, and of its job.
  package let name: String
  /// With the settings of the run; its text leaves nothing to a default.
  package let job: Job
  /// The data set's file.
  package let data: String

  package func folder(in output: String) -> String {
    FileStatus.path(of: name, in: output)
  }
  /// The job file that the sweep writes for it.
  package func jobFile(in output: String) -> String { folder(in: output) + "/job.yaml" }
  /// What its commands have printed.
  package func log(in output: String) -> String { folder(in: output) + "/run.log" }
}
