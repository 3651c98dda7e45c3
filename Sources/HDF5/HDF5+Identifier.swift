import CHDF5

extension HDF5 {
  /// An identifier of the library, owned: closed once, by `close()` or when the value goes away.
  struct Identifier: ~Copyable {
    let raw: hid_t
    private let closing: @convention(c) (hid_t) -> herr_t
    /// Whether it is a file's that is read.
    private let isFileRead: Bool

    /// Takes over `raw`, which `closing` (`H5Fclose`, `H5Gclose`, ...) closes. `isFileRead`: whether it
    /// is a file's that is read.
    init(
      owning raw: hid_t, closing: @escaping @convention(c) (hid_t) -> herr_t, isFileRead: Bool = false
    ) {
      self.raw = raw
      self.closing = closing
      self.isFileRead = isFileRead
    }

    /// Closes the identifier and reports a failure, which for a written file or data set means lost data.
    consuming func close(_ action: String, _ location: Location) throws(HDF5Error) {
      let (raw, closing) = (raw, closing)
      discard self
      try HDF5.call(action, location) { closing(raw) }
    }

    deinit {
      let (raw, closing) = (raw, closing)
      let location = Location(file: isFileRead ? HDF5.fileName(raw) : "")
      // A failure has no one to go to here; whoever must know calls close().
      do throws(HDF5Error) {
        try HDF5.call("close the file", location) { closing(raw) }
      } catch {
        if isFileRead { HDF5.lose(error) }
      }
    }
  }
}
