import CHDF5

extension HDF5 {
  /// A data set of two dimensions that grows by rows, as many ranks write one each.
  package struct GrowingDataset<Element: Scalar>: ~Copyable {
    private let dataset: Dataset
    private let width: Int
    package private(set) var rows = 0

    package init(in parent: borrowing Group, _ name: String, width: Int, description: String) throws {
      let location = parent.location.appending(name)
      dataset = try Dataset.make(
        in: parent, name, shape: [0, width], datatype: Element.fileType,
        space: try Dataspace(growing: [0, width], location),
        settings: try PropertyList.growingDatasetCreation(
          width: width, elementSize: MemoryLayout<Element>.size, location), description: description)
      self.width = width
    }

    /// Appends `values`, whole rows.
    package mutating func append(_ values: UnsafeBufferPointer<Element>) throws {
      guard width > 0, let base = values.baseAddress, !values.isEmpty else { return }
      let (raw, location, width) = (dataset.rawIdentifier, dataset.location, width)
      let added = values.count / width
      let range = rows..<rows + added
      let extent = [hsize_t(range.upperBound), hsize_t(width)]
      try HDF5.call("extend", location) { H5Dset_extent(raw, extent) }
      let memory = try Dataspace(shape: [added, width], location)
      let file = Dataspace(owning: try HDF5.call("read the shape", location) { H5Dget_space(raw) })
      try file.select(rows: range, of: [range.upperBound, width], location)
      let (memoryRaw, fileRaw) = (memory.raw, file.raw)
      try HDF5.call("write rows \(range)", location) {
        H5Dwrite(raw, Element.memoryType, memoryRaw, fileRaw, lcft_h5p_default(), base)
      }
      rows = range.upperBound
    }

    package consuming func close() throws { try dataset.close() }
  }
}

extension HDF5.Group {
  /// Makes the data set `name` that shows, one after the other, the rows of the data sets `path` of `files`
  /// (relative to this file's folder), each with its number of rows of `width` values.
  package func makeJoined<T: HDF5.Scalar>(
    _ name: String, of type: T.Type, width: Int, files: [(name: String, rows: Int)], path: String,
    description: String
  ) throws {
    let place = location.appending(name)
    let total = files.reduce(0) { $0 + $1.rows }
    let shape = [total, width]
    let settings = try HDF5.PropertyList.virtualDatasetCreation(place)
    let settingsRaw = settings.raw
    var first = 0
    for file in files where file.rows > 0 && width > 0 {
      let target = try HDF5.Dataspace(shape: shape, place)
      try target.select(rows: first..<first + file.rows, of: shape, place)
      let source = try HDF5.Dataspace(shape: [file.rows, width], place)
      let (targetRaw, sourceRaw) = (target.raw, source.raw)
      try HDF5.call("map \(file.name)", place) {
        H5Pset_virtual(settingsRaw, targetRaw, file.name, path, sourceRaw)
      }
      first += file.rows
    }
    guard first > 0 else {
      try makeDataset(name, of: T.self, shape: shape, description: description).close()
      return
    }
    let dataset = try HDF5.Dataset.make(
      in: self, name, shape: shape, datatype: T.fileType,
      space: try HDF5.Dataspace(shape: shape, place), settings: settings, description: description)
    try dataset.close()
  }
}

extension HDF5.Group {
  /// An absolute path as one below the root.
  static func relative(_ path: String) -> String { path.hasPrefix("/") ? String(path.dropFirst()) : path }
}
