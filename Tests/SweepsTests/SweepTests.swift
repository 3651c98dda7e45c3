import Support
import Sweeps
import TestSupport
import Testing

/// What sweep files say, and what they must not.
@Suite struct SweepTests {
  @Test func aGridIsEveryCombination() throws {
    let example = try SweepExample()
    let sweep = try example.sweep(
      """
      output: elsewhere
      launcher: mpirun -n 2
      jobs: [small-lr.yaml, small-din.yaml]
      data: {world: WORLD, other: other.h5}
      seeds: [1, 2]
      set:
        training.learning_rate: [0.1, 1e-2]
        finetuning.methods: [cloud, local, soft1]
        training.batch_size: 16
      """)
    #expect(sweep.runs.count == 16 && sweep.runs.map(\.number) == Array(1...16))
    #expect(sweep.launcher == ["mpirun", "-n", "2"])
    #expect(
      sweep.runs.prefix(5).map(\.name) == [
        "small-lr-world-learning_rate=0.1-seed1", "small-lr-world-learning_rate=0.1-seed2",
        "small-lr-world-learning_rate=1e-2-seed1", "small-lr-world-learning_rate=1e-2-seed2",
        "small-lr-other-learning_rate=0.1-seed1",
      ])
    let last = try #require(sweep.runs.last)
    #expect(last.name == "small-din-other-learning_rate=1e-2-seed2" && last.data == "other.h5")
    #expect(last.job.seed == 2 && last.job.training.learningRate == 0.01 && last.job.training.batchSize == 16)
    #expect(last.job.fineTuning.methods.map(\.rawValue) == ["cloud", "local", "soft1"])
    #expect(last.job.name == last.name && last.job.text == last.job.yaml)
    let out = example.folder.file("out/small-din-other-learning_rate=1e-2-seed2")
    #expect(
      sweep.command(of: last, program: "/bin/lcft")
        == ["mpirun", "-n", "2", "/bin/lcft", "run", "--job", "\(out)/job.yaml", "--data", "other.h5"]
        + ["--output", out, "--resume"])
  }

  /// Grids of a list take from the file what they do not say.
  @Test func aListHasGridsOfItsOwn() throws {
    let example = try SweepExample()
    let sweep = try example.sweep(
      """
      data: {world: WORLD, small: small.h5}
      jobs: {lr: small-lr.yaml}
      set: {training.epochs: 3, model.history_length: 5}
      runs:
        - {data: world, seeds: 9}
        - {jobs: small-din.yaml, data: small, set: {model.hidden: [[8, 4], [6]], training.epochs: 1}}
        - {data: [world, WORLD/b.h5], set: {training.learning_rate: [0.1], finetuning.learning_rate: [0.2]}}
      """
    ) { $0.data = [("world", "w.h5")] }
    #expect(
      sweep.runs.map(\.name) == [
        "lr-world-seed9", "small-din-hidden=8x4-seed1", "small-din-hidden=6-seed1",
        "lr-world-training.learning_rate=0.1-finetuning.learning_rate=0.2-seed1",
        "lr-b-training.learning_rate=0.1-finetuning.learning_rate=0.2-seed1",
      ])
    #expect(sweep.runs.map(\.data).prefix(4) == ["w.h5", "small.h5", "small.h5", "w.h5"])
    #expect(sweep.runs.map(\.job.training.epochs) == [3, 1, 1, 3, 3])
    #expect(sweep.runs.map(\.job.historyLength) == [5, 5, 5, 5, 5])
    #expect(sweep.runs[1].job.model.hidden == [8, 4])
  }

  @Test func runsAreChosenByNumberNameAndPattern() throws {
    let example = try SweepExample()
    let sweep = try example.sweep("jobs: [small-lr.yaml, small-din.yaml]\ndata: WORLD\nseeds: [1, 2, 3]")
    func numbers(_ words: [String]) throws -> [Int] { try sweep.select(words).map(\.number) }
    #expect(try numbers([]) == [1, 2, 3, 4, 5, 6])
    #expect(try numbers(["6", "2", "small-lr-world-seed1", "2"]) == [1, 2, 6])
    #expect(try numbers(["*-din-*", "*seed[13]"]) == [1, 3, 4, 5, 6])
    for (word, part) in [
      ("7", "has no run 7"), ("0", "its runs are numbered 1 to 6"),
      ("small-lr-world-sed1", "did you mean small-lr-world-seed1?"),
      ("x*", "no run x*"),
    ] {
      #expect { try sweep.select([word]) } throws: { "\($0)".contains(part) }
    }
  }

  @Test(arguments: [
    ("jobs: none.yaml\ndata: d.h5", "none.yaml: no such job file"),
    ("data: d.h5", "sweep.yaml:1: jobs is missing"),
    ("jobs: small-lr.yaml", "sweep.yaml:1: data is missing"),
    ("job: small-lr.yaml\ndata: d.h5", "sweep.yaml:1: unknown key job (did you mean jobs?)"),
    ("jobs: small-lr.yaml\ndata: d.h5\nseeds: x", "sweep.yaml:3: seeds must be a whole number"),
    ("jobs: small-lr.yaml\ndata: d.h5\nseeds: []", "sweep.yaml:3: seeds must be a list"),
    (
      "jobs: small-lr.yaml\ndata: d.h5\nset:\n  training.epoch: 1",
      "sweep.yaml:4: training.epoch is no setting"
    ),
    (
      "jobs: small-lr.yaml\ndata: d.h5\nset:\n  training.epochs: [1, -1]",
      "sweep.yaml:4: training.epochs must be"
    ),
    (
      "jobs: small-lr.yaml\ndata: d.h5\nset:\n  model.hidden: [[8], [6]]",
      "sweep.yaml:4: unknown key hidden in model"
    ),
    ("jobs: small-lr.yaml\ndata: d.h5\nset: {seed: 3}", "sweep.yaml:3: set.seed is not set here; give seeds"),
    (
      "jobs: small-lr.yaml\ndata: d.h5\nset: {training.epochs: []}",
      "sweep.yaml:3: set.training.epochs must have 1 to"
    ),
    ("jobs: small-lr.yaml\ndata: [a/d.h5, b/d.h5]", "the runs 1 and 2 are both called small-lr-d-seed1"),
    (
      "jobs: small-lr.yaml\ndata: d.h5\nruns: [{seeds: 1}, {seed: 2}]",
      "sweep.yaml:3: unknown key seed in runs[1]"
    ),
    ("jobs: small-lr.yaml\ndata: {a: {b: c}}", "sweep.yaml:2: data.a must be a text"),
    ("jobs: small-lr.yaml\ndata: [[d.h5]]", "sweep.yaml:2: data must be a file, a list of files"),
  ])
  func refusals(_ text: String, _ message: String) throws {
    let example = try SweepExample()
    #expect { try example.sweep(text) } throws: { error in
      "\(error)".replacing(example.folder.path + "/", with: "").contains(message)
    }
  }

  @Test func theShippedSweepIsTable2() throws {
    let sweep = try Sweep(RepositoryFile.path("jobs/table2.yaml"))
    #expect(sweep.runs.count == 33 && sweep.runs[0].name == "movielens-lr-seed1")
    #expect(Set(sweep.runs.map { "\($0.job.model.name) \($0.data)" }).count == 11)
    #expect(sweep.runs.suffix(3).map(\.name) == (1...3).map { "taobao-edgerec-seed\($0)" })
  }

  @Test func theShippedStudyHasEverySetUnderTheModelsOfTheStudy() throws {
    let runs = try Sweep(RepositoryFile.path("jobs/study.yaml")).runs
    let whole = runs.filter {
      $0.job.fineTuning.methods.contains(.lcft) && $0.job.fineTuning.settings == .job
    }
    let models = Set(whole.map { "\($0.job.model.name) \($0.data)" })
    #expect(models.count == 24 && whole.count == 3 * models.count)
    #expect(whole.allSatisfy { $0.job.search.choice.methods == [.soft1, .soft2, .hard, .local] })
  }

  @Test func theCommandLineHasTheLastWord() throws {
    let example = try SweepExample()
    let text = "jobs: small-lr.yaml\ndata: {d: d.h5}\nset: {training.epochs: 2, training.batch_size: [8, 16]}"
    let sweep = try example.sweep(text) {
      $0.data = [("d", "e.h5")]
      $0.launcher = []
      try $0.set("training.epochs", to: "4")
    }
    #expect(sweep.runs.map(\.job.training.epochs) == [4, 4] && sweep.runs[0].data == "e.h5")
    #expect { try example.sweep(text) { $0.data = [("e", "x.h5")] } } throws: {
      "\($0)".contains("no data set e")
    }
    #expect { try example.sweep(text) { try $0.set("training.batch_size", to: "4") } } throws: {
      "\($0)".contains("training.batch_size has several values")
    }
    #expect { try example.sweep(text) { try $0.set("training.epochs", to: "many") } } throws: {
      "\($0)".hasPrefix("--set training.epochs=many:1: training.epochs must be a whole number")
    }
    #expect { try example.sweep(text) { $0.output = "" } } throws: { "\($0)".contains("no output folder") }
  }

  @Test func tooManyRunsAreRefusedBeforeTheyAreMade() throws {
    let example = try SweepExample()
    let list = (1...2000).map(String.init).joined(separator: ", ")
    #expect {
      try example.sweep(
        "jobs: small-lr.yaml\ndata: d.h5\nseeds: [\(list)]\nset: {training.epochs: [\(list)]}")
    } throws: { "\($0)".contains("more than 10000 runs") }
  }
}
