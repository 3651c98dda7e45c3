import CHDF5
import Support

extension HDF5 {
  /// An open HDF5 file (`H5Fopen`, `H5Fcreate`, `H5Fclose`).
  package struct File: ~Copyable {
    let identifier: Identifier
    package let location: Location

    private init(owning raw: hid_t, _ location: Location, isRead: Bool = false) {
      identifier = Identifier(owning: raw, closing: H5Fclose, isFileRead: isRead)
      self.location = location
    }

    /// Opens `name` for reading.
    ///
    /// Throws `SystemError`, `HDF5Error.notHDF5`, `.truncated`, or `.library`.
    package init(reading name: String) throws {
      let location = Location(file: name)
      let bytes = try FileStatus.sizeOfReadableFile(name)
      guard try HDF5.call("look at the file", location, { H5Fis_hdf5(name) }) > 0 else {
        throw HDF5Error.notHDF5(file: name, bytes: bytes)
      }
      let access = try PropertyList.readAccess(location)
      let settings = access.raw
      self.init(
        owning: try HDF5.call("open the file", location) {
          H5Fopen(name, lcft_h5f_acc_rdonly(), settings)
        }, location, isRead: true)
    }

    /// Makes the file `name`, in place of what was there. `AtomicFile` gives the name of a file that takes
    /// the place of the older one only when it is whole; `finalName` is then the one that errors give.
    /// `showsOthers` where data sets of the file show those of other files.
    package init(creating name: String, knownAs finalName: String? = nil, showsOthers: Bool = false) throws {
      let location = Location(file: finalName ?? name)
      HDF5.start()
      let access =
        try showsOthers ? PropertyList.virtualWriteAccess(location) : PropertyList.writeAccess(location)
      let creation = try PropertyList.fileCreation(location)
      let (accessRaw, creationRaw) = (access.raw, creation.raw)
      self.init(
        owning: try HDF5.call("create the file", location) {
          H5Fcreate(name, lcft_h5f_acc_trunc(), creationRaw, accessRaw)
        }, location)
    }

    /// The group `/`.
    package func root() throws -> Group { try Group(in: identifier.raw, opening: "/", location) }

    /// Bytes of the file.
    package func size() throws -> Int {
      let raw = identifier.raw
      var size: hsize_t = 0
      try HDF5.call("tell the file's size", location) { H5Fget_filesize(raw, &size) }
      return Int(clamping: size)
    }

    /// Writes out what is still in memory and closes the file; every group and data set of it must be
    /// closed. Throws where the data did not reach the operating system (a full disk).
    package consuming func close() throws {
      let raw = identifier.raw
      try HDF5.call("write the file", location) { H5Fflush(raw, H5F_SCOPE_GLOBAL) }
      let open = try HDF5.call("count open objects", location) { H5Fget_obj_count(raw, lcft_h5f_obj_all()) }
      precondition(open == 1, "a file is closed after its objects")
      try identifier.close("close the file", location)
    }
  }
}
