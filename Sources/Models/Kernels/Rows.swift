/// Rows of embedding tables, by number.
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
