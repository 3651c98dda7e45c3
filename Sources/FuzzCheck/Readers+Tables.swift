import Foundation
import Import
import Sweeps

/// Logs by the commands with options, schemas, and the tables that these describe.
extension Readers {
  func readInteractions(_ path: String, isItems: Bool) throws {
    try importing { [self] malformed in
      try CSVImport.run(
        .init(
          interactions: isItems ? file("interactions.csv") : path, items: isItems ? path : nil,
          split: .fraction(0.7), seed: 1, malformed: malformed))
    }
  }

  func readTaobao(_ source: TaobaoImport.Source) throws {
    var options = TaobaoImport.Options(source)
    options.minimumTrainingSamples = nil
    try importing { malformed in
      options.malformed = malformed
      return try TaobaoImport.run(options)
    }
  }

  /// Reads the sweep `path`, whose jobs and data set are the corpus's, and checks its runs.
  func readSweep(_ path: String) throws {
    try attempt { [self] in
      // Jobs are looked for beside the sweep.
      let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
      let sweep = try Sweep(text, file: file("sweep.yaml"))
      guard sweep.runs.allSatisfy({ $0.data == "world.h5" }), sweep.runs.count <= 100 else { return }
      var options = Sweep.Options()
      options.output = "\(scratch)/out/swept"
      options.data = [("world", file("world.h5"))]
      let known = try Sweep(text, file: file("sweep.yaml"), options)
      _ = try SweepRunner(known, known.runs, program: "lcft").list
    }
  }

  /// Imports by the schema `path`, in which `table` takes the place of the corpus's file of its kind.
  func readTable(_ path: String, _ table: String?) throws {
    if let table { try attempt { _ = try SchemaGuess([table]).text } }
    var read: Schema?
    try attempt { [self] in read = try Schema.read(path, folder: corpus) }
    guard var schema = read else { return }
    if let table { schema.replace(table) }
    // A damaged schema may name any file; only those of the corpus are read.
    guard schema.files.allSatisfy({ $0 == table || ($0.hasPrefix(corpus) && !$0.contains("..")) }) else {
      return
    }
    try importing { malformed in
      schema.malformed = malformed
      return try TableImport.run(schema)
    }
  }
}

extension Schema {
  /// Takes `table` for the file that has the same name up to the first point or dash.
  fileprivate mutating func replace(_ table: String) {
    func kind(_ path: String) -> Substring {
      let name = path.split(separator: "/").last ?? ""
      return (name.hasPrefix("hostile-") ? name.dropFirst("hostile-".count) : name)
        .prefix { $0 != "." && $0 != "-" }
    }
    func chosen(_ file: String) -> String { kind(file) == kind(table) ? table : file }
    log.files = log.files.map(chosen)
    if let files = history?.files { history?.files = files.map(chosen) }
    if let file = users?.file { users?.file = chosen(file) }
    if let file = items?.file { items?.file = chosen(file) }
  }
}
