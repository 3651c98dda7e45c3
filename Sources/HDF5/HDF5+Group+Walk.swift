import CHDF5

extension HDF5.Group {
  /// Calls `onDataset` with every data set below this group, and `onGroup` with every group, parents before
  /// children and names in the order of their bytes. Names are relative to this group. An object with several
  /// names is visited once, so that a damaged file with a circle in it comes to an end.
  ///
  /// Throws `HDF5Error.tooDeep` below `deepest` levels, since every name is looked up from here on.
  package func walk(
    onGroup: (_ name: String, borrowing HDF5.Group) throws -> Void = { _, _ in },
    onDataset: (_ name: String, borrowing HDF5.Dataset) throws -> Void
  ) throws {
    var seen: Set<UInt64> = [try address(of: rawIdentifier)]
    // Names still to visit, the next one last.
    var pending = Array(try members().reversed())
    while let name = pending.popLast() {
      guard name.utf8.count(where: { $0 == UInt8(ascii: "/") }) < Self.deepest else {
        throw HDF5Error.tooDeep(location, levels: Self.deepest)
      }
      switch try kind(of: name) {
      case .group?:
        let group = try HDF5.Group(in: rawIdentifier, opening: name, location.appending(name))
        guard seen.insert(try address(of: group.rawIdentifier)).inserted else { continue }
        try onGroup(name, group)
        pending.append(contentsOf: try group.members().reversed().map { name + "/" + $0 })
      case .dataset?:
        let dataset = try HDF5.Dataset(in: rawIdentifier, opening: name, location.appending(name))
        guard seen.insert(try address(of: dataset.rawIdentifier)).inserted else { continue }
        try onDataset(name, dataset)
      default: continue
      }
    }
  }

  /// No file of ours has as many groups inside one another.
  private static var deepest: Int { 32 }

  private func address(of object: hid_t) throws -> UInt64 {
    var address: UInt64 = 0
    try HDF5.call("tell the object's address", location) { lcft_h5o_address(object, &address) }
    return address
  }
}
