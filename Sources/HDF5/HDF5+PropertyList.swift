import CHDF5
import Support

extension HDF5 {
  /// Settings with which files, groups and data sets are made or opened.
  struct PropertyList: ~Copyable {
    let identifier: Identifier
    var raw: hid_t { identifier.raw }

    private init(class kind: hid_t, _ location: Location) throws(HDF5Error) {
      identifier = Identifier(
        owning: try HDF5.call("make a property list", location) { H5Pcreate(kind) }, closing: H5Pclose)
    }

    /// The settings that a stored data set was made with.
    init(ofDataset dataset: hid_t, _ location: Location) throws(HDF5Error) {
      identifier = Identifier(
        owning: try HDF5.call("read the storage settings", location) { H5Dget_create_plist(dataset) },
        closing: H5Pclose)
    }

    /// Access without locks.
    static func readAccess(_ location: Location) throws(HDF5Error) -> PropertyList {
      let list = try PropertyList(class: lcft_h5p_file_access(), location)
      let raw = list.raw
      try HDF5.call("switch locks off", location) { lcft_h5p_without_file_locking(raw) }
      return list
    }

    /// Access without locks, to write the format of HDF5 1.8 (2008), which every tool in use reads and whose
    /// metadata carry checksums, so that a damaged file is refused and not misread.
    static func writeAccess(_ location: Location) throws(HDF5Error) -> PropertyList {
      let list = try readAccess(location)
      let raw = list.raw
      try HDF5.call("set the format", location) { H5Pset_libver_bounds(raw, H5F_LIBVER_V18, H5F_LIBVER_V18) }
      return list
    }

    /// As `writeAccess`, for a file that shows data sets of other files, which HDF5 1.8 cannot.
    static func virtualWriteAccess(_ location: Location) throws(HDF5Error) -> PropertyList {
      let list = try readAccess(location)
      let raw = list.raw
      try HDF5.call("set the format", location) {
        H5Pset_libver_bounds(raw, H5F_LIBVER_V18, H5F_LIBVER_V110)
      }
      return list
    }

    static func fileCreation(_ location: Location) throws(HDF5Error) -> PropertyList {
      try PropertyList(class: lcft_h5p_file_create(), location).withoutTimes(location)
    }

    static func groupCreation(_ location: Location) throws(HDF5Error) -> PropertyList {
      try PropertyList(class: lcft_h5p_group_create(), location).withoutTimes(location)
    }

    /// Small data sets lie in their object header, which has a checksum; the others in chunks, shuffled
    /// (all first bytes, then all second bytes, ...) and compressed.
    static func datasetCreation(
      shape: [Int], elementSize: Int, _ location: Location
    ) throws(HDF5Error) -> PropertyList {
      let list = try PropertyList(class: lcft_h5p_dataset_create(), location).withoutTimes(location)
      let raw = list.raw
      let bytes = shape.reduce(elementSize, *)
      if let chunk = ChunkShape.chunk(of: shape, elementSize: elementSize) {
        let dimensions = chunk.map { hsize_t($0) }
        try HDF5.call("set chunks", location) { H5Pset_chunk(raw, Int32(chunk.count), dimensions) }
        if elementSize > 1 { try HDF5.call("set shuffle", location) { H5Pset_shuffle(raw) } }
        try HDF5.call("set gzip", location) { H5Pset_deflate(raw, ChunkShape.compressionLevel) }
      } else if bytes < ChunkShape.smallestBytes {
        try HDF5.call("set the layout", location) { H5Pset_layout(raw, H5D_COMPACT) }
      }
      return list
    }

    /// A data set that grows by rows of `width` values: chunks of whole rows, shuffled and lightly compressed.
    static func growingDatasetCreation(
      width: Int, elementSize: Int, _ location: Location
    ) throws(HDF5Error) -> PropertyList {
      let list = try PropertyList(class: lcft_h5p_dataset_create(), location).withoutTimes(location)
      let raw = list.raw
      let rows = max(1, ChunkShape.largestBytes / max(1, width * elementSize))
      let dimensions = [hsize_t(rows), hsize_t(max(1, width))]
      try HDF5.call("set chunks", location) { H5Pset_chunk(raw, 2, dimensions) }
      if elementSize > 1 { try HDF5.call("set shuffle", location) { H5Pset_shuffle(raw) } }
      try HDF5.call("set gzip", location) { H5Pset_deflate(raw, 1) }
      return list
    }

    static func virtualDatasetCreation(_ location: Location) throws(HDF5Error) -> PropertyList {
      try PropertyList(class: lcft_h5p_dataset_create(), location).withoutTimes(location)
    }

    /// Whether a stored data set only shows the values of others.
    func isVirtual() -> Bool { H5Pget_layout(raw) == H5D_VIRTUAL }

    /// Refuses a stored data set whose values lie in other files or were filtered by the same filter twice: gzip
    /// upon gzip has no bound on what comes out.
    func checkStorage(_ location: Location) throws(HDF5Error) {
      let raw = raw
      guard !isVirtual(), H5Pget_external_count(raw) <= 0 else { throw HDF5Error.foreignValues(location) }
      let names = try filters(location)
      guard Set(names).count == names.count else {
        throw HDF5Error.wrongType(
          location, expected: "each filter once", found: names.joined(separator: ", "))
      }
    }

    /// The files, by name, whose data sets a virtual data set shows, those data sets, and the rows that they are shown as.
    func virtualSources(
      _ location: Location
    ) throws(HDF5Error) -> [(file: String, dataset: String, rows: Range<Int>)] {
      let raw = raw
      var count = 0
      try HDF5.call("count the sources", location) { H5Pget_virtual_count(raw, &count) }
      var sources: [(file: String, dataset: String, rows: Range<Int>)] = []
      for index in 0..<count {
        func text(
          _ read: (UnsafeMutablePointer<CChar>?, Int) -> Int
        ) throws(HDF5Error) -> String {
          let length = try HDF5.call("read a source", location) { read(nil, 0) }
          var buffer = [CChar](repeating: 0, count: length + 1)
          try HDF5.call("read a source", location) { read(&buffer, buffer.count) }
          return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
        sources.append(
          (
            try text { H5Pget_virtual_filename(raw, index, $0, $1) },
            try text { H5Pget_virtual_dsetname(raw, index, $0, $1) },
            try Dataspace(
              owning: HDF5.call("read a source's rows", location) { H5Pget_virtual_vspace(raw, index) }
            ).selectedRows(location)
          ))
      }
      return sources
    }

    /// Objects without times of change: the same content gives the same bytes.
    private consuming func withoutTimes(_ location: Location) throws(HDF5Error) -> PropertyList {
      let raw = raw
      try HDF5.call("switch times off", location) { H5Pset_obj_track_times(raw, false) }
      return self
    }

    /// The chunk's shape of a stored data set; nil where it has no chunks.
    func chunk(rank: Int, _ location: Location) throws(HDF5Error) -> [Int]? {
      let raw = raw
      guard H5Pget_layout(raw) == H5D_CHUNKED else { return nil }
      var dimensions = [hsize_t](repeating: 0, count: rank)
      try HDF5.call("read the chunk's shape", location) { H5Pget_chunk(raw, Int32(rank), &dimensions) }
      return dimensions.map { Int(clamping: $0) }
    }

    /// Names of the filters of a stored data set, in the order of writing: `shuffle`, `deflate`, ...
    func filters(_ location: Location) throws(HDF5Error) -> [String] {
      let raw = raw
      let count = try HDF5.call("count the filters", location) { H5Pget_nfilters(raw) }
      var names: [String] = []
      for index in 0..<UInt32(count) {
        var flags: UInt32 = 0
        var valueCount = 0
        var configuration: UInt32 = 0
        var name = [CChar](repeating: 0, count: 64)
        try HDF5.call("read a filter", location) {
          H5Pget_filter2(raw, index, &flags, &valueCount, nil, name.count, &name, &configuration)
        }
        names.append(String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
      return names
    }
  }
}
