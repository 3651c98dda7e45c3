import Foundation
import Support
import TestSupport
import Testing

/// The searches as users call them.
@Suite(.serialized) struct SearchCommandTests {
  static let search = """

    search: {holdout: 0.4, alphas: [0.8, 1, 1.2], betas: [-0.1, 0, 0.1], groups: {quantiles: 3}, learning_rates: [0.05, 0.5]}
    """

  /// A folder with a trained model in `out`.
  static func trained() throws -> FileTestFolder {
    let folder = try WholePathTests.prepared()
    try folder.write(WholePathTests.job + search, to: "job.yaml")
    let outcome = try Command.lcft(WholePathTests.arguments("train", folder, "out"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    return folder
  }

  /// With the cloud model of `out` for a fine-tuning; a search trains its own.
  static func arguments(_ command: String, _ folder: FileTestFolder, _ output: String) -> [String] {
    WholePathTests.arguments(command, folder, output)
      + (command == "finetune" ? ["--checkpoint", folder.file("out/checkpoint-epoch-2.h5")] : [])
  }

  private func python(_ script: String, _ files: [String]) throws -> String {
    guard let python = ForeignTool.python else { return "" }
    let outcome = try Command.run(python, ["-c", script] + files)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  /// The same table on any number of ranks; h5py and the command read what the text says.
  @Test(.enabled(if: ForeignTool.python != nil)) func searchesLabels() throws {
    let folder = try SearchCommandTests.trained()
    let alone = try Command.lcft(SearchCommandTests.arguments("search-labels", folder, "one"))
    try #require(alone.status == 0, "\(alone.errors)")
    #expect(alone.output.contains("local CTR") && alone.output.contains("plain AUC"))
    let text = try String(contentsOfFile: folder.file("one/labels.yaml"), encoding: .utf8)
    for ranks in [1, 2, 3] {
      let outcome = try Command.lcft(
        SearchCommandTests.arguments("search-labels", folder, "on\(ranks)"), ranks: ranks)
      try #require(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output == alone.output)
      #expect(try String(contentsOfFile: folder.file("on\(ranks)/labels.yaml"), encoding: .utf8) == text)
    }
    let table = try python(
      """
      import sys, h5py, numpy as np
      with h5py.File(sys.argv[1]) as f:
          g, grid = f["groups"], f["grid/auc"][...]
          edges, alpha, beta = g["edges"][...], g["alpha"][...], g["beta"][...]
          assert edges[0] == 0 and edges[-1] == 1 and (np.diff(edges) >= 0).all()
          assert grid.shape == (len(alpha), 3, 3)
          for i in range(len(alpha)):
              a = list(f["grid/alpha"][...]).index(alpha[i]); b = list(f["grid/beta"][...]).index(beta[i])
              assert grid[i, a, b] == g["auc"][i] == np.nanmax(grid[i])
              assert grid[i, 1, 1] == g["plain_auc"][i]
              assert g["low"][i] <= g["auc"][i] - g["plain_auc"][i] <= g["high"][i]
          assert g["users"][...].sum() == f.attrs["users"] > 20
          assert f.attrs["users"] + f.attrs["users_one_class"] + f.attrs["users_too_few"] == 120
          for i in range(len(alpha)):
              print(edges[i + 1], alpha[i], beta[i])
      """, [folder.file("one/labels.h5")])
    for line in table.split(separator: "\n") {
      let numbers = line.split(separator: " ").compactMap { Double($0) }
      for name in ["labels.h5", "labels.yaml"] {
        let found = try Command.lcft([
          "labels", "--table", folder.file("one/\(name)"), "--local-ctr", "\(numbers[0])",
        ])
        #expect(found.output == "alpha \(numbers[1])\nbeta \(numbers[2])\n", "\(found.errors)")
      }
    }
    #expect(try Command.lcft(["describe", folder.file("one/labels.h5")]).output.contains("plain AUC"))
  }

  /// A data set whose test labels are flipped gives the same tables.
  @Test(.enabled(if: ForeignTool.python != nil)) func neverSeesTheTestPart() throws {
    let folder = try SearchCommandTests.trained()
    _ = try python(
      """
      import sys, shutil, h5py
      for name in sys.argv[2:]:
          shutil.copy(sys.argv[1], name)
          with h5py.File(name, "r+") as f:
              label = f["samples/test/label"]
              if name.endswith("flipped.h5"):
                  label[...] = 1 - label[...]
              del f.attrs["content_digest"]
      """, [folder.file("data.h5"), folder.file("flipped.h5")])
    var outputs: [String] = []
    for (data, run) in [("data.h5", "out"), ("flipped.h5", "flipped")] {
      for command in ["search-labels", "search"] {
        let outcome = try Command.lcft([
          command, "--job", folder.file("job.yaml"), "--data", folder.file(data), "--output",
          folder.file(run), "--overwrite",
        ])
        try #require(outcome.status == 0, "\(outcome.errors)")
        outputs.append(outcome.output)
      }
    }
    #expect(outputs[0] == outputs[2] && outputs[1] == outputs[3] && outputs[0] != outputs[1])
  }

  /// A table of labels (1, 0) alone makes hard correction plain fine-tuning, to the bit; settings by method
  /// change that method alone, and the results say so.
  @Test(.enabled(if: ForeignTool.python != nil)) func fineTunesWithWhatWasFound() throws {
    let folder = try SearchCommandTests.trained()
    let plain = try folder.write(
      "format: lcft-labels\ngroups: [{local_ctr: [0, 1], alpha: 1, beta: 0}]\n", to: "plain.yaml")
    func fineTune(_ arguments: [String], _ output: String) throws -> Command.Outcome {
      try Command.lcft(SearchCommandTests.arguments("finetune", folder, output) + arguments)
    }
    let hard = try fineTune(["--methods", "local,hard,soft1", "--labels", plain], "hard")
    try #require(hard.status == 0, "\(hard.errors)")
    #expect(hard.errors.contains("warning") && hard.errors.contains("another data set"))

    let search = try Command.lcft(
      SearchCommandTests.arguments("search", folder, "found") + ["--methods", "local,hard,soft1"], ranks: 2)
    try #require(search.status == 0, "\(search.errors)")
    #expect(search.output.components(separatedBy: "<- best").count == 4)
    let tuned = try fineTune(
      [
        "--methods", "local,hard,soft1", "--labels", folder.file("found/labels.h5"), "--settings",
        folder.file("found/search.yaml"),
      ], "tuned")
    try #require(tuned.status == 0, "\(tuned.errors)")
    #expect(!tuned.errors.contains("warning"))
    _ = try python(
      """
      import sys, h5py
      hard, tuned, found, labels = (h5py.File(name) for name in sys.argv[1:])
      for column in ("auc", "loss_before", "loss_after"):
          a, b = hard["methods/local"][column][...], hard["methods/hard"][column][...]
          assert ((a == b) | ((a != a) & (b != b))).all()
      assert (hard["predictions/local"][...] == hard["predictions/hard"][...]).all()
      edges = labels["groups/edges"][...]
      for name in ("edges", "alpha", "beta"):
          assert (tuned["findings/labels"][name][...] == labels["groups"][name][...]).all()
      assert "settings" not in hard["findings"] and b"#" not in tuned["job"][()]
      for i, w in enumerate(tuned["users/local_ctr"][...]):
          group = sum(e < w for e in edges[1:-1])
          assert tuned["methods/hard/alpha"][i] == labels["groups/alpha"][group]
          assert tuned["methods/hard/beta"][i] == labels["groups/beta"][group]
      for name in ("local", "hard", "soft1"):
          method = found["methods"][name]
          best = method.attrs["best"]
          assert method["auc"][best] == max(method["auc"][...])
          rate = method["learning_rate"][best]
          settings = tuned["findings/settings"]
          row = list(settings["method"].asstr()[...]).index(name)
          assert settings["learning_rate"][row] == rate
          same = (tuned["predictions"][name][...] == hard["predictions"][name][...]).all()
          assert same == (rate == 0.05 and name != "hard"), (name, rate)
      """,
      ["hard/results.h5", "tuned/results.h5", "found/search.h5", "found/labels.h5"].map(folder.file))
  }

  /// `run` searches the table that it is not given, and a fine-tuning without one is refused.
  @Test func findsItsTable() throws {
    let folder = try SearchCommandTests.trained()
    try RefusalTests.refused(
      SearchCommandTests.arguments("finetune", folder, "none") + ["--methods", "hard"], ranks: 2,
      "the method hard needs a table of labels", "lcft search-labels", "--labels FILE")
    try RefusalTests.refused(
      SearchCommandTests.arguments("finetune", folder, "none") + [
        "--methods", "hard", "--labels", "no.yaml",
      ],
      "no.yaml: no such table of labels")
    try RefusalTests.refused(["labels", "--table", "no.h5", "--local-ctr", "0.1"], "no.h5")
    let whole = try Command.lcft(
      WholePathTests.arguments("run", folder, "whole") + ["--methods", "local,hard"], ranks: 2)
    try #require(whole.status == 0, "\(whole.errors)")
    let parts = try Command.lcft(SearchCommandTests.arguments("search-labels", folder, "out"))
    try #require(parts.status == 0, "\(parts.errors)")
    let tuned = try Command.lcft(
      WholePathTests.arguments("finetune", folder, "out") + ["--methods", "local,hard"])
    try #require(tuned.status == 0, "\(tuned.errors)")
    #expect(tuned.output == whole.output)
    #expect(try WholePathTests.digests(folder, "out") == WholePathTests.digests(folder, "whole"))
    // Models fine-tuned on looked-up labels are applied with the labels that they hold, or with the same table.
    let saved = try Command.lcft(
      WholePathTests.arguments("finetune", folder, "out")
        + ["--methods", "cloud,hard", "--overwrite", "--labels", folder.file("whole/labels.yaml")]
        + ["--save-models", "all"])
    try #require(saved.status == 0, "\(saved.errors)")
    let apply = [
      "apply", "--models", folder.file("out/models.h5"), "--data", folder.file("data.h5"), "--checkpoint",
      folder.file("out/checkpoint-epoch-2.h5"), "--output", folder.file("applied"),
    ]
    for given in [[], ["--overwrite", "--labels", folder.file("whole/labels.h5")]] {
      let applied = try Command.lcft(apply + given)
      try #require(applied.status == 0, "\(applied.errors)")
      #expect(applied.output == saved.output)
    }
    // A finished run is resumed with the table that it made.
    let again = try Command.lcft(
      WholePathTests.arguments("run", folder, "whole") + ["--methods", "local,hard", "--resume"])
    try #require(again.status == 0, "\(again.errors)")
    #expect(again.output == whole.output && !again.errors.contains("search:"))
  }
}
