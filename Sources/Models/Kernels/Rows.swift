/// Rows of embedding tables.
package enum Rows {
  /// y[n] = table[ids[n]], rows of `width` floats. Rows of y start `stride` floats apart, by default `width`.
  package static func gather(
    _ table: UnsafePointer<Float>, _ ids: UnsafePointer<Int32>, width: Int, count: Int,
    into y: UnsafeMutablePointer<Float>, stride: Int? = nil
  ) {
    let stride = stride ?? width
    assert(count >= 0 && width >= 0 && stride >= width, "rows do not overlap")
    for n in 0..<count {
      let (from, to) = (table + Int(ids[n]) * width, y + n * stride)
      for c in 0..<width { to[c] = from[c] }
    }
  }

  /// y[n] = x[n], rows of `width` floats that start `stride` floats apart on either side.
  package static func copy(
    _ x: UnsafePointer<Float>, stride from: Int, to y: UnsafeMutablePointer<Float>, stride to: Int,
    width: Int, count: Int
  ) {
    for n in 0..<count {
      for c in 0..<width { y[n * to + c] = x[n * from + c] }
    }
  }

  /// table[ids[n]] += y[n], with rows as for `gather`.
  package static func scatterAdd(
    _ y: UnsafePointer<Float>, _ ids: UnsafePointer<Int32>, width: Int, count: Int,
    to table: UnsafeMutablePointer<Float>, stride: Int? = nil
  ) {
    let stride = stride ?? width
    assert(count >= 0 && width >= 0 && stride >= width, "rows do not overlap")
    for n in 0..<count { Elementwise.add(table + Int(ids[n]) * width, y + n * stride, count: width) }
  }
}
