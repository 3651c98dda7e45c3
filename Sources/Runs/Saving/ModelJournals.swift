import Dist
import IO
import LCFT
import Support

/// The fine-tuned models of users on their way to `models.h5`: every rank of every start of a run writes
/// those that it fine-tunes into its own journal, so that a later start, on any number of ranks, finds them.
struct ModelJournals {
  private let folder: RunFolder
  private let layout: PersonalModels
  private let settings: Journal.Settings
  private let communicator: any Communicator

  /// `settings` say what the models depend on, on rank 0; those of other ranks are ignored.
  init(
    folder: RunFolder, layout: PersonalModels, settings: Journal.Settings, _ communicator: any Communicator
  ) {
    self.folder = folder
    self.layout = layout
    self.settings = settings
    self.communicator = communicator
  }

  /// The users whose models earlier starts have left, rows of the data set, on every rank. Throws
  /// `FileError.otherSettings` where those runs had other settings. Collective.
  func users() throws -> Set<Int32> {
    let (paths, _) = try found()
    let wanted = try sharedSettings()
    let rows: [Int32] = try communicator.collectively {
      var rows: [Int32] = []
      for path in own(paths) {
        _ = try Journal.read(
          path,
          settings: { try Journal.check($0, are: wanted, file: path) },
          record: { bytes in
            var reader = ResultReader(bytes)
            rows.append(try reader.read(Int32.self))
          })
      }
      return rows
    }
    return Set(try communicator.allgather(rows).values)
  }

  /// Calls `body` with the function that keeps a user's models, on the rank that fine-tuned the user.
  /// Collective.
  func write(_ body: (@escaping (PersonalModels.User) throws -> Void) throws -> Void) throws {
    let (_, start) = try found()
    let path = folder.modelsJournal(start: start, rank: communicator.rank)
    let shared = try sharedSettings()
    let journal = try communicator.collectively { try Journal(creating: path, shared) }
    let buffer = ResultBuffer()
    try body { user in
      buffer.removeAll()
      pack(user, into: buffer)
      try journal.append(buffer.bytes)
    }
    try communicator.collectively { try journal.sync() }
  }

  /// Writes all journals' models into a file per rank, and the file that joins them; `id` gives a user's
  /// identifier. The journals stay, for the results are not written yet. Collective.
  func join(id: (Int32) -> String) throws {
    let (paths, _) = try found()
    try communicator.collectively {
      try PersonalModelsFile.write(layout, to: folder.models(rank: communicator.rank)) { writer in
        for path in own(paths) {
          _ = try Journal.read(path) { bytes in
            var reader = ResultReader(bytes)
            try writer.append(unpack(&reader))
          }
        }
      }
    }
    try communicator.collectively {
      guard communicator.rank == 0 else { return }
      let parts = (0..<communicator.size).map { folder.models(rank: $0) }
      try PersonalModelsFile.join(parts, layout, to: folder.models, id: id)
      try folder.removeModels(fromRank: communicator.size)
    }
  }

  /// The journals in the folder and the number of the next start, as rank 0 sees them. Collective.
  private func found() throws -> (paths: [String], nextStart: Int) {
    let found = try communicator.collectively {
      communicator.rank == 0 ? try folder.modelsJournals() : ([], 0)
    }
    let paths = try communicator.broadcast(found.0.joined(separator: "\n"), from: 0)
    return (paths.split(separator: "\n").map(String.init), try communicator.broadcast(found.1, from: 0))
  }

  /// The journals that this rank reads.
  private func own(_ paths: [String]) -> [String] {
    paths.indices.filter { $0 % communicator.size == communicator.rank }.map { paths[$0] }
  }

  private func sharedSettings() throws -> Journal.Settings {
    Journal.settings(try communicator.broadcast(Journal.text(settings), from: 0))
  }

  private func pack(_ user: PersonalModels.User, into buffer: ResultBuffer) {
    func append<T: BitwiseCopyable>(_ values: [T]) {
      values.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
    }
    buffer.append(user.row)
    for rows in user.rows {
      buffer.append(Int32(rows.count))
      append(rows)
    }
    user.dense.forEach(append)
    user.values.joined().forEach(append)
  }

  /// Throws `DistError.resultTooShort`.
  private func unpack(_ reader: inout ResultReader) throws -> PersonalModels.User {
    func take<T: BitwiseCopyable>(_ count: Int, of zero: T) throws -> [T] {
      var values = [T](repeating: zero, count: count)
      try values.withUnsafeMutableBufferPointer { try reader.read(into: $0) }
      return values
    }
    var user = PersonalModels.User(row: try reader.read(), dense: [], rows: [], values: [])
    for _ in layout.tables { user.rows.append(try take(Int(reader.read(Int32.self)), of: 0)) }
    for _ in layout.methods { user.dense.append(try take(layout.denseCount, of: 0)) }
    for _ in layout.methods {
      user.values.append(
        try layout.tables.indices.map { try take(user.rows[$0].count * layout.tables[$0].width, of: 0) })
    }
    return user
  }
}
