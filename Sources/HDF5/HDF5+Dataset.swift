import CHDF5

extension HDF5 {
  /// Which values a column is made with: those of the file, or zeros, to be replaced by rows of it later.
  package enum WhichValues {
    case all
    case none
  }

  /// An open data set (`H5Dopen2`, `H5Dcreate2`, `H5Dclose`).
  package struct Dataset: ~Copyable, AttributeOwner {
    let identifier: Identifier
    package let location: Location
    /// Empty for a scalar; nil for a data set without values (`H5S_NULL`).
    package let extent: [Int]?
    package let type: TypeInfo
    package var rawIdentifier: hid_t { identifier.raw }

    private init(_ identifier: consuming Identifier, _ location: Location, extent: [Int]?, type: TypeInfo) {
      self.identifier = identifier
      self.location = location
      self.extent = extent
      self.type = type
    }

    init(in parent: hid_t, opening name: String, _ location: Location) throws {
      let identifier = Identifier(
        owning: try HDF5.call("open the data set", location) { H5Dopen2(parent, name, lcft_h5p_default()) },
        closing: H5Dclose)
      let raw = identifier.raw
      let space = Dataspace(owning: try HDF5.call("read the shape", location) { H5Dget_space(raw) })
      let datatype = Datatype(owning: try HDF5.call("read the type", location) { H5Dget_type(raw) })
      let extent = try space.shape(location)
      let type = try TypeInfo(datatype.raw, location)
      self.init(identifier, location, extent: extent, type: type)
    }

    /// Makes the data set `name` of `shape` below `parent`, of values of the type `datatype`, and says what
    /// it holds in its attribute `description`.
    static func make(
      in parent: borrowing Group, _ name: String, shape: [Int], datatype: hid_t, description: String
    ) throws -> Dataset {
      let location = parent.location.appending(name)
      return try make(
        in: parent, name, shape: shape, datatype: datatype, space: try Dataspace(shape: shape, location),
        settings: try PropertyList.datasetCreation(
          shape: shape, elementSize: H5Tget_size(datatype), location), description: description)
    }

    static func make(
      in parent: borrowing Group, _ name: String, shape: [Int], datatype: hid_t,
      space: borrowing Dataspace, settings: borrowing PropertyList, description: String
    ) throws -> Dataset {
      let location = parent.location.appending(name)
      guard try Group.components(of: name, at: parent.location).count == 1 else {
        throw HDF5Error.invalidName(parent.location, name: name)
      }
      let (parentRaw, spaceRaw, settingsRaw) = (parent.rawIdentifier, space.raw, settings.raw)
      let type = try TypeInfo(datatype, location)
      let identifier = Identifier(
        owning: try HDF5.call("create the data set", location) {
          H5Dcreate2(
            parentRaw, name, datatype, spaceRaw, lcft_h5p_default(), settingsRaw, lcft_h5p_default())
        }, closing: H5Dclose)
      let dataset = Dataset(identifier, location, extent: shape, type: type)
      try dataset.setAttribute("description", description)
      return dataset
    }

    /// Whether the data set shows the values of data sets of other files.
    package func isVirtual() throws -> Bool {
      try PropertyList(ofDataset: rawIdentifier, location).isVirtual()
    }

    /// The shape. Throws where the data set has no values at all.
    package func shape() throws -> [Int] {
      guard let extent else { throw HDF5Error.wrongShape(location, expected: "values", found: ["none"]) }
      return extent
    }

    /// The number of values, where the data set has one dimension.
    package func columnCount() throws -> Int {
      let shape = try shape()
      guard shape.count == 1 else {
        throw HDF5Error.wrongShape(location, expected: "one dimension", found: shape.map { "\($0)" })
      }
      return shape[0]
    }

    /// Throws where this is not one dimension of `count` values.
    package func checkCount(_ count: Int) throws {
      let found = try columnCount()
      guard found == count else {
        throw HDF5Error.wrongShape(location, expected: "\(count) values", found: ["\(found)"])
      }
    }

    /// Bytes that the values take in the file, compressed.
    package func storedBytes() -> Int { Int(clamping: H5Dget_storage_size(rawIdentifier)) }

    /// Names of the filters that the values pass when written: `shuffle`, `deflate`.
    package func filters() throws -> [String] {
      try PropertyList(ofDataset: rawIdentifier, location).filters(location)
    }

    /// Refuses a data set that declares more than its stored bytes could give, or more stored bytes than the
    /// file has, before anybody takes memory for it, and one whose values lie in other files, which may be any.
    /// gzip shrinks to 1/1032 at best.
    package func checkStoredSize() throws {
      let shape = try shape()
      try PropertyList(ofDataset: rawIdentifier, location).checkStorage(location)
      let elementSize = try elementSize()
      let stored = storedBytes()
      let fileSize = try fileSize()
      let available = min(stored, fileSize).multipliedReportingOverflow(by: 1032)
      func check(_ sizes: [Int], limit: (partialValue: Int, overflow: Bool)) throws {
        var bytes = elementSize
        for size in sizes {
          let product = bytes.multipliedReportingOverflow(by: size)
          bytes = product.overflow ? .max : product.partialValue
        }
        if !limit.overflow, bytes > limit.partialValue {
          throw HDF5Error.tooLarge(location, declared: bytes, stored: stored)
        }
      }
      if stored > fileSize { throw HDF5Error.tooLarge(location, declared: stored, stored: fileSize) }
      try check(shape, limit: available)
      if let chunk = try chunk() { try check(chunk, limit: fileSize.multipliedReportingOverflow(by: 1032)) }
    }

    /// Bytes of a value.
    func elementSize() throws -> Int {
      let raw = rawIdentifier
      let datatype = Datatype(owning: try HDF5.call("read the type", location) { H5Dget_type(raw) })
      return H5Tget_size(datatype.raw)
    }

    /// The chunk's shape; nil where the data set has no chunks.
    func chunk() throws -> [Int]? {
      try PropertyList(ofDataset: rawIdentifier, location).chunk(rank: shape().count, location)
    }
  }
}
