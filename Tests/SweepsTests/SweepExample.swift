import Foundation
import IO
import Studies
import Support
import Sweeps
import TestSupport

/// A folder with two jobs, a data set and a sweep file.
struct SweepExample {
  let folder: FileTestFolder

  init() throws {
    folder = try FileTestFolder()
    for (name, model) in [
      ("small-lr", "{name: LR}"), ("small-din", "{name: DIN, attention: [6, 4], hidden: [8]}"),
    ] {
      try folder.write(
        """
        name: \(name)
        model: \(model)
        training: {epochs: 1, batch_size: 32, learning_rate: 0.5, virtual_shards: 4}
        finetuning: {methods: [cloud, local]}
        """, to: "\(name).yaml")
    }
    var options = SyntheticWorld.Options(users: 20, items: 30, categories: 4, seed: 2, drift: true)
    options.meanTraining = 10
    options.meanTest = 6
    try DatasetFile.write(try SyntheticWorld(options).dataset(), to: folder.file("world.h5"))
  }

  /// The sweep of `text`; `world` is the data set, and the output folder is `out`.
  func sweep(_ text: String, _ change: (inout Sweep.Options) throws -> Void = { _ in }) throws -> Sweep {
    let file = try folder.write(text.replacing("WORLD", with: folder.file("world.h5")), to: "sweep.yaml")
    var options = Sweep.Options()
    options.output = folder.file("out")
    try change(&options)
    return try Sweep(file, options)
  }

  func runner(_ sweep: Sweep) throws -> SweepRunner {
    try SweepRunner(sweep, sweep.runs, program: "/bin/lcft")
  }

  func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
  }
}
