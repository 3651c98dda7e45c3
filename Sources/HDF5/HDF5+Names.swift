import CHDF5

extension HDF5 {
  /// The names that `iterate` visits, in the order of their bytes; only those of hard links.
  static func names(
    _ action: String, _ location: Location,
    _ iterate: (@escaping lcft_h5_name_visitor, UnsafeMutableRawPointer) -> herr_t
  ) throws(HDF5Error) -> [String] {
    var names: [String] = []
    try withUnsafeMutablePointer(to: &names) { names throws(HDF5Error) in
      _ = try call(action, location) {
        iterate(
          { name, isHard, names in
            guard let name, isHard != 0, let names else { return }
            names.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
          }, UnsafeMutableRawPointer(names))
      }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
