/// left += right, in this order, over `count` elements.
@inline(__always)
func addVector<Element: BinaryFloatingPoint>(
  _ right: UnsafeMutablePointer<Element>, to left: UnsafeMutablePointer<Element>, _ count: Int
) {
  for index in 0..<count { left[index] = left[index] + right[index] }
}
