import Foundation
import TestSupport
import Testing

/// Shell completion as bash does it, and words that are misspelt.
@Suite struct CompletionTests {
  /// What bash offers behind `line`.
  private func offered(_ line: String, in folder: FileTestFolder) throws -> [String] {
    let words = line.split(separator: " ", omittingEmptySubsequences: false).map { "'\($0)'" }
    let script = """
      cd '\(folder.path)' && PATH='\(Command.products.path)':"$PATH"
      . <(lcft --generate-completion-script bash)
      COMP_LINE='\(line)' COMP_POINT=\(line.utf8.count) COMP_WORDS=(\(words.joined(separator: " "))) COMP_TYPE=9
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _lcft lcft "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let outcome = try Command.run("/bin/bash", ["-c", script])
    return outcome.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.sorted()
  }

  @Test func bashCompletesCommandsMethodsAndFiles() throws {
    let folder = try FileTestFolder()
    for name in ["a.h5", "b.h5", "job.yaml", "notes.txt"] { try folder.write("", to: name) }
    #expect(try offered("lcft sea", in: folder) == ["search", "search-labels", "search-methods"])
    #expect(try offered("lcft run --da", in: folder) == ["--data"])
    #expect(try offered("lcft run --data ", in: folder) == ["a.h5", "b.h5"])
    #expect(try offered("lcft run --job ", in: folder) == ["job.yaml"])
    #expect(try offered("lcft simulate-ab --a soft", in: folder) == ["soft1", "soft2"])
    #expect(try offered("lcft run --methods cloud,so", in: folder) == ["cloud,soft1", "cloud,soft2"])
    #expect(try offered("lcft describe ", in: folder) == ["a.h5", "b.h5"])
  }

  /// Options of imports that take files complete to files, and a schema to its name, too.
  @Test func bashCompletesFilesOfImports() throws {
    let folder = try FileTestFolder()
    for name in ["views.tsv.gz", "my.yaml", "a.h5"] { try folder.write("", to: name) }
    let all = ["a.h5", "my.yaml", "views.tsv.gz"]
    for option in [
      "table --log", "table --users", "table --items", "table --history", "table --guess",
      "csv --interactions",
      "csv --items", "movielens --ratings", "movielens --movies", "movielens --genome", "amazon --reviews",
      "amazon --metadata", "taobao --user-behavior", "taobao --raw-sample", "taobao --ad-feature",
      "taobao --behavior-log",
    ] {
      #expect(try offered("lcft import \(option) ", in: folder) == all, "\(option)")
    }
    #expect(try offered("lcft import csv --output ", in: folder) == ["a.h5"])
    #expect(try offered("lcft import table --schema my", in: folder) == ["my.yaml"])
    #expect(
      try offered("lcft import table --schema movielens-1", in: folder) == [
        "movielens-100k", "movielens-10m", "movielens-1m",
      ])
  }

  @Test(arguments: ["zsh", "fish"]) func otherShellsHaveScripts(shell: String) throws {
    let outcome = try Command.lcft(["--generate-completion-script", shell])
    #expect(outcome.status == 0 && outcome.output.contains("simulate-ab") && outcome.output.contains("h5"))
  }

  @Test func misspeltWords() throws {
    let folder = try FileTestFolder()
    let job = try folder.write("model: {name: DINN}\n", to: "model.yaml")
    let methods = try folder.write("finetuning: {methods: [cloud, sfot1]}\n", to: "methods.yaml")
    let key = try folder.write("finetuning: {learning_rat: 1}\n", to: "key.yaml")
    func run(_ job: String) -> [String] {
      ["run", "--job", job, "--data", "d.h5", "--output", folder.file("o")]
    }
    for (arguments, hint) in [
      (["trian", "--job", "x"], "trian is an unknown command of lcft (did you mean train?)"),
      (["import", "movilens"], "movilens is an unknown command of lcft import (did you mean movielens?)"),
      (["nonsense"], "nonsense is an unknown command of lcft\n"),
      (run("j") + ["--methods", "cloud,sotf1"], "unknown method sotf1 (did you mean soft1?)"),
      (run("j") + ["--methods", "cloud,soft1,cloud"], "cloud is given twice"),
      (run("j") + ["--metods", "cloud"], "--metods is an unknown option (did you mean --methods?)"),
      (run(job), "instead of DINN (did you mean DIN?)"),
      (run(methods), "finetuning.methods: unknown method sfot1 (did you mean soft1?)"),
      (
        ["import", "table", "--schema", "movielens1m", "--output", "o.h5"],
        "movielens1m: no such schema, neither a file nor the name of one that the program has (did you mean movielens-1m?)"
      ),
      (["import", "table", "--schema", "Amazon2023", "--output", "o.h5"], "(did you mean amazon-2023?)"),
      (["import", "table", "--schema", "warehouse", "--output", "o.h5"], "(the program has ali-display-ad"),
      (run(key), "unknown key learning_rat in finetuning (did you mean learning_rate?)"),
    ] {
      let outcome = try Command.lcft(arguments)
      #expect(outcome.status != 0 && outcome.errors.contains(hint), "\(arguments): \(outcome.errors)")
    }
    #expect(try Command.lcft(["help", "run"]).status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.file("o")))
  }
}
