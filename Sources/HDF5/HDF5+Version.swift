import CHDF5

extension HDF5 {
  /// The version of the library that this program runs with: `1.10.8`.
  package static func version() -> String {
    var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
    start()
    guard H5get_libversion(&major, &minor, &release) >= 0 else { return "unknown" }
    return "\(major).\(minor).\(release)"
  }
}
