/// Where the moment ends whose first row is `first`: the first row after it, up to `end`, of another time. Rows are in
/// time order.
@inline(__always)
func endOfMoment(from first: Int, upTo end: Int, _ time: (Int) -> Int64) -> Int {
  var last = first + 1
  while last < end && time(last) == time(first) { last += 1 }
  return last
}
