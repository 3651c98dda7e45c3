import CHDF5
import Support

extension HDF5 {
  /// The rows of a data set of two dimensions, which lie in its own file or, part after part, in files beside it, as
  /// `Group.makeJoined` makes them.
  ///
  /// Parts are opened once and read for themselves: through the joined data set the HDF5 library gives fill values for the
  /// rows of a file that it cannot open, and no error.
  package final class JoinedRows {
    private final class Part {
      let dataset: Dataset
      let rows: Range<Int>
      /// The name of the file that has them; nil for the data set's own.
      let file: String?

      init(_ dataset: consuming Dataset, _ rows: Range<Int>, in file: String? = nil) {
        self.dataset = dataset
        self.rows = rows
        self.file = file
      }
    }

    package let shape: [Int]
    package let location: Location
    private let parts: [Part]

    /// Throws `HDF5Error.foreignValues` where the values lie elsewhere than in data sets of files in the same folder, and
    /// `.tooLarge` or `.wrongShape` where those do not have them.
    package init(_ dataset: consuming Dataset, _ files: PartFiles) throws {
      let shape = try dataset.shape()
      (self.shape, location) = (shape, dataset.location)
      guard try dataset.isVirtual() else {
        try dataset.checkStoredSize()
        parts = [Part(dataset, 0..<(shape.first ?? 0))]
        return
      }
      let place = dataset.location
      var parts: [Part] = []
      var end = 0
      for source in try PropertyList(ofDataset: dataset.rawIdentifier, place).virtualSources(place) {
        let part = try files.open(source.file, beside: place).dataset(Group.relative(source.dataset))
        guard try !part.isVirtual() else { throw HDF5Error.foreignValues(place) }
        try part.checkStoredSize()
        let found = try part.shape()
        guard source.rows.lowerBound == end, [source.rows.count] + shape.dropFirst() == found else {
          throw HDF5Error.wrongShape(
            part.location, expected: "rows \(source.rows) of \(place)", found: found.map { "\($0)" })
        }
        end = source.rows.upperBound
        parts.append(Part(part, source.rows, in: source.file))
      }
      guard shape.count == 2, shape[1] == 0 || end == shape[0] else {
        throw HDF5Error.wrongShape(
          place, expected: "\(end) rows in other files", found: shape.map { "\($0)" })
      }
      self.parts = parts
    }

    /// The files beside the data set's own that have its rows, and which.
    package var files: [(name: String, rows: Range<Int>)] {
      parts.compactMap { part in part.file.map { ($0, part.rows) } }
    }

    /// Reads `rows` into `buffer`, row-major, as `Dataset.read` does.
    package func read<T: Scalar>(into buffer: UnsafeMutableBufferPointer<T>, rows: Range<Int>) throws {
      let width = shape.dropFirst().reduce(1, *)
      precondition(buffer.count == rows.count * width, "a buffer holds exactly the rows' values")
      for part in parts where part.rows.overlaps(rows) {
        let own = part.rows.clamped(to: rows)
        let first = own.lowerBound - rows.lowerBound
        try part.dataset.readRows(
          into: UnsafeMutableBufferPointer(rebasing: buffer[first * width..<(first + own.count) * width]),
          own.lowerBound - part.rows.lowerBound..<own.upperBound - part.rows.lowerBound)
      }
    }
  }

  /// Files beside one whose data sets show theirs, each opened once.
  package final class PartFiles {
    private final class OpenFile {
      let file: File

      init(_ path: String) throws { file = try File(reading: path) }
    }

    private var files: [String: OpenFile] = [:]

    package init() {}

    /// The root of the file `name` in the folder of `place`, of which it is not the file.
    package func open(_ name: String, beside place: Location) throws -> Group {
      if let known = files[name] { return try known.file.root() }
      guard !name.isEmpty, !name.contains("/"), ![".", "..", FileStatus.name(of: place.file)].contains(name)
      else { throw HDF5Error.foreignValues(place) }
      let opened = try OpenFile(FileStatus.path(of: name, in: FileStatus.folder(of: place.file)))
      files[name] = opened
      return try opened.file.root()
    }
  }
}
