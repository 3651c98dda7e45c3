import CHDF5
import Support

/// The HDF5 library as owned values: files, groups, data sets and attributes that close themselves, and
/// errors that carry the file, the path inside it and the library's whole error stack.
///
/// The C interface alone would not do: its identifiers leak on every early return, its errors are negative
/// numbers beside a stack printed to stderr, and it converts integers that do not fit by clipping them.
package enum HDF5 {
  /// Where in which file: what every error names.
  package struct Location: Sendable, Equatable {
    package var file: String
    /// Absolute path inside the file, `/` for the root group.
    package var path: String

    package init(file: String, path: String = "/") {
      self.file = file
      self.path = path
    }

    /// The location of `name` (one or more components) below this one.
    package func appending(_ name: String) -> Location {
      Location(file: file, path: path == "/" ? "/" + name : path + "/" + name)
    }
  }

  /// One level of the library's error stack.
  package struct StackEntry: Sendable, Equatable {
    /// The C function that failed.
    package var function: String
    package var message: String

    package init(function: String, message: String) {
      self.function = function
      self.message = message
    }
  }

  /// Held around every call: most builds of HDF5 are not safe to enter from two threads, and a call and
  /// its error stack belong together.
  static let lock: RecursiveLock = {
    // Everything is closed by whoever opened it. At the process's end the library would once more close files that
    // a full disk kept it from writing, and crashes over them (1.10.8).
    H5dont_atexit()
    return RecursiveLock()
  }()

  /// Before anything else of the library, of which naming a class of property lists is already a part.
  static func start() { _ = lock }

  /// Why a file that was read could not be closed. The library does not bear that (1.10.8): it keeps the file's parts
  /// while their memory goes to the next file. So it is not called any more, and every call throws this.
  nonisolated(unsafe) private static var loss: HDF5Error?

  /// The name of an open file.
  static func fileName(_ raw: hid_t) -> String {
    var name = [UInt8](repeating: 0, count: 4096)
    let count =
      (try? call("name the file", Location(file: "")) {
        name.withUnsafeMutableBytes { H5Fget_name(raw, $0.baseAddress, $0.count) }
      }) ?? 0
    return String(decoding: name[..<max(0, min(Int(count), name.count - 1))], as: UTF8.self)
  }

  /// Notes that a file that was read could not be closed.
  static func lose(_ error: HDF5Error) {
    lock.acquire()
    defer { lock.release() }
    if loss == nil { loss = error }
  }

  /// The choke point of all calls of the library: enters it alone, with its own printing of errors off
  /// (a setting that some builds keep per thread), and turns a negative result into an error.
  @discardableResult
  static func call<Result: FixedWidthInteger & SignedInteger>(
    _ action: @autoclosure () -> String, _ location: Location, _ body: () -> Result
  ) throws(HDF5Error) -> Result {
    lock.acquire()
    defer { lock.release() }
    if let loss { throw loss }
    LibraryCall.begin(on: location.file)
    defer { LibraryCall.end() }
    H5Eset_auto2(lcft_h5e_default(), nil, nil)
    let result = body()
    guard result < 0 else { return result }
    let stack = errorStack()
    if stack.contains(where: { $0.message.hasPrefix("truncated file") }) {
      throw HDF5Error.truncated(file: location.file)
    }
    throw HDF5Error.library(location, action: action(), stack: stack)
  }

  /// Runs `body` with nobody else inside the library, so that counts of its open objects are stable.
  package static func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
    lock.acquire()
    defer { lock.release() }
    return try body()
  }

  /// Identifiers open in this process: of files, and of everything else by kind. For tests of leaks.
  package static func openIdentifiers() -> [Int] {
    exclusively {
      var counts = [Int(H5Fget_obj_count(hid_t(lcft_h5f_obj_all()), lcft_h5f_obj_all()))]
      for type in [H5I_DATASPACE, H5I_DATATYPE, H5I_GENPROP_LST, H5I_ATTR, H5I_GROUP, H5I_DATASET] {
        var members: hsize_t = 0
        counts.append(H5Inmembers(type, &members) < 0 ? 0 : Int(members))
      }
      return counts
    }
  }

  /// The error stack of the last call, from the innermost function outwards.
  private static func errorStack() -> [StackEntry] {
    var entries: [StackEntry] = []
    withUnsafeMutablePointer(to: &entries) { entries in
      _ = H5Ewalk2(
        lcft_h5e_default(), H5E_WALK_UPWARD,
        { _, error, entries in
          guard let error = error?.pointee, let entries else { return 0 }
          let entry = StackEntry(
            function: error.func_name.map { String(cString: $0) } ?? "",
            message: error.desc.map { String(cString: $0) } ?? "")
          entries.assumingMemoryBound(to: [StackEntry].self).pointee.append(entry)
          return 0
        }, entries)
    }
    return entries
  }
}
