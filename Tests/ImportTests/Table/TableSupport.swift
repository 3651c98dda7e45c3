import IO
import Import
import Support
import TestSupport

/// What a schema makes of some small files.
struct TableResult {
  let dataset: Dataset
  let account: ImportAccount

  /// - Parameters:
  ///   - schema: its text; files are named relative to it.
  ///   - files: names and texts.
  init(_ schema: String, _ files: [String: String]) throws {
    let directory = try FileTestFolder()
    for (name, text) in files { try directory.write(text, to: name) }
    try self.init(Schema.read(try directory.write(schema, to: "schema.yaml")))
  }

  init(_ schema: Schema) throws {
    let events = EventLog()
    dataset = try TableImport.run(schema) { events.events.append($0) }
    guard let account = events.account else { throw MissingAccount() }
    self.account = account
  }

  private struct MissingAccount: Error {}

  /// The values of a feature of users, items or events by row: `-` where there is none, lists joined by `+`.
  func values(_ owner: FeatureOwner, _ name: String, part: Int = 0) -> [String] {
    guard let feature = dataset.features.feature(owner, name) else { return ["no feature \(name)"] }
    let values = dataset.features.vocabulary(of: feature)?.values
    func text(_ row: Int32) -> String { values.map { $0[Int(row)] } ?? "#\(row)" }
    switch feature.columns[part] {
    case .values(let rows): return rows.values.map { $0 < 0 ? "-" : text($0) }
    case .lists(let offsets, let rows):
      return (0..<offsets.count - 1).map { row in
        (offsets[row]..<offsets[row + 1]).map { text(rows[Int($0)]) }.joined(separator: "+")
      }
    case .numbers(let numbers, let missing):
      let width = feature.vectorWidth ?? 1
      return (0..<numbers.count / width).map { row in
        let cells = (0..<width).map { "\(numbers[row * width + $0])" }.joined(separator: " ")
        return (missing?[row] ?? 0) == 1 ? "(\(cells))" : cells
      }
    }
  }

  /// The values of a vocabulary with their counts, a bar before those that are not known.
  func vocabulary(_ name: String) -> [String] {
    guard let vocabulary = dataset.features.vocabulary(name), let values = vocabulary.values else {
      return []
    }
    return (0..<vocabulary.count).map { row in
      (row >= vocabulary.known ? "|" : "") + "\(values[row]):\(vocabulary.counts[row])"
    }
  }
}

extension Column {
  /// The values; unlike a pointer into the column they outlive it.
  var elements: [Element] { (0..<count).map { self[$0] } }
}
