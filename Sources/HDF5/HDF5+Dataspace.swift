import CHDF5

extension HDF5 {
  /// The extent of a data set, an attribute or a piece of memory, and a selection of its rows.
  struct Dataspace: ~Copyable {
    let identifier: Identifier
    var raw: hid_t { identifier.raw }

    init(owning raw: hid_t) { identifier = Identifier(owning: raw, closing: H5Sclose) }

    /// An extent of `shape`; a scalar where `shape` is empty.
    init(shape: [Int], _ location: Location) throws(HDF5Error) {
      let dimensions = shape.map { hsize_t($0) }
      self.init(
        owning: try HDF5.call("make a data space", location) {
          shape.isEmpty
            ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), dimensions, nil)
        })
    }

    /// An extent of `shape` that may grow in its first dimension.
    init(growing shape: [Int], _ location: Location) throws(HDF5Error) {
      let dimensions = shape.map { hsize_t($0) }
      let largest = [lcft_h5s_unlimited()] + dimensions.dropFirst()
      self.init(
        owning: try HDF5.call("make a data space", location) {
          H5Screate_simple(Int32(shape.count), dimensions, largest)
        })
    }

    /// No value has more bytes than this, but for fixed strings.
    private static let largestElement = 16

    /// The extent's shape; nil for an extent without values (`H5S_NULL`). Refuses a shape whose bytes 64 bits cannot count,
    /// even one that is empty in another dimension: what is computed from shapes does not overflow.
    func shape(_ location: Location) throws(HDF5Error) -> [Int]? {
      let raw = raw
      let kind = H5S_class_t(
        rawValue: try HDF5.call("tell the data space", location) {
          H5Sget_simple_extent_type(raw).rawValue
        })
      if kind == H5S_NULL { return nil }
      let rank = Int(try HDF5.call("tell the rank", location) { H5Sget_simple_extent_ndims(raw) })
      var dimensions = [hsize_t](repeating: 0, count: rank)
      try HDF5.call("tell the shape", location) { H5Sget_simple_extent_dims(raw, &dimensions, nil) }
      var shape: [Int] = []
      var count = Dataspace.largestElement
      for dimension in dimensions {
        guard let size = Int(exactly: dimension),
          !count.multipliedReportingOverflow(by: max(size, 1)).overflow
        else {
          throw HDF5Error.wrongShape(
            location, expected: "no more bytes than 64 bits can count", found: dimensions.map { "\($0)" })
        }
        shape.append(size)
        count *= max(size, 1)
      }
      return shape
    }

    /// Selects `rows` of the first dimension of an extent of `shape`, whole in the other dimensions.
    func select(rows: Range<Int>, of shape: [Int], _ location: Location) throws(HDF5Error) {
      let raw = raw
      let start = [hsize_t(rows.lowerBound)] + shape.dropFirst().map { _ in 0 }
      let count = [hsize_t(rows.count)] + shape.dropFirst().map { hsize_t($0) }
      try HDF5.call("select rows \(rows)", location) {
        H5Sselect_hyperslab(raw, H5S_SELECT_SET, start, nil, count, nil)
      }
    }

    /// The rows of the first dimension that are selected, whole in the others. Throws `HDF5Error.foreignValues` where something
    /// else is selected.
    func selectedRows(_ location: Location) throws(HDF5Error) -> Range<Int> {
      let raw = raw
      let points = try HDF5.call("count what is selected", location) { H5Sget_select_npoints(raw) }
      guard let shape = try shape(location), !shape.isEmpty, points > 0 else {
        throw HDF5Error.foreignValues(location)
      }
      var start = [hsize_t](repeating: 0, count: shape.count)
      var end = start
      try HDF5.call("read the selected rows", location) { H5Sget_select_bounds(raw, &start, &end) }
      let rows = Int(start[0])..<Int(end[0]) + 1
      let values = shape.dropFirst().reduce(rows.count, *)
      guard points == hssize_t(values) else { throw HDF5Error.foreignValues(location) }
      return rows
    }
  }
}
