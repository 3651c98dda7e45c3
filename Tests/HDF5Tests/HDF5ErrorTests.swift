import HDF5
import Support
import TestSupport
import Testing

@Suite struct HDF5ErrorTests {
  let folder = try! FileTestFolder()

  private func failure(_ stack: [(function: String, message: String)]) -> String {
    let entries = stack.map { HDF5.StackEntry(function: $0.function, message: $0.message) }
    return HDF5Error.library(HDF5.Location(file: "d.h5"), action: "open the file", stack: entries).description
  }

  @Test func onlyAFileThatCannotBeLockedIsAboutLocks() {
    for driver in ["H5FD__sec2_lock", "H5FD_sec2_lock"] {
      let refused = failure([
        (driver, "unable to lock file, errno = 38, error message = 'Function not implemented'"),
        ("H5FD_lock", "driver lock request failed"), ("H5F_open", "unable to lock the file"),
      ])
      #expect(refused.hasPrefix("d.h5: cannot open the file: Function not implemented"))
      #expect(refused.hasSuffix("; the file system refuses locks: set HDF5_USE_FILE_LOCKING=FALSE"))
      let held = failure([
        (
          driver, "unable to lock file, errno = \(EAGAIN), error message = 'Resource temporarily unavailable'"
        ),
        ("H5FD_lock", "driver lock request failed"),
      ])
      #expect(held.hasSuffix("; another program has the file open for writing: wait until it has closed it"))
    }
    // These lock a chunk or a block of metadata in memory.
    for function in ["H5D__chunk_lock", "H5AC_protect_block", "H5B2__locate_clock", "H5D_lock"] {
      let damaged = failure([
        ("H5Z_filter_deflate", "inflate() failed"), (function, "data pipeline read failed"),
      ])
      #expect(!damaged.contains("HDF5_USE_FILE_LOCKING"))
      #expect(!damaged.contains("open for writing"))
    }
  }

  @Test func theRootIsNotNamed() throws {
    #expect(
      HDF5Error.missing(HDF5.Location(file: "d.h5"), what: "attribute seed").description
        == "d.h5: missing attribute seed")
    #expect(
      HDF5Error.missing(HDF5.Location(file: "d.h5", path: "/users"), what: "group").description
        == "d.h5: /users: missing group")
    let path = folder.file("no/such/d.h5")
    do {
      _ = try HDF5.File(creating: path)
      Issue.record("made a file in a folder that is not there")
    } catch {
      #expect("\(error)".hasPrefix("\(path): cannot create the file: No such file or directory"))
    }
  }
}
