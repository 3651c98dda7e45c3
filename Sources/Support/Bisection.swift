/// The first of 0 ..< `count` at which `isReached` holds, as it does for all after it; `count` if none.
@inlinable @inline(__always)
package func bisect(_ count: Int, _ isReached: (Int) -> Bool) -> Int {
  var (low, high) = (0, count)
  while low < high {
    let middle = (low + high) / 2
    if isReached(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}
