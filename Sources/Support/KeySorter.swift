/// Sorts 64-bit keys in place, without allocating once it has sorted as many: a few by insertion, more by
/// radix, byte by byte from the least significant, skipping the bytes that all keys share.
package final class KeySorter {
  private var scratch = GrowableBuffer<UInt64>(capacity: 64)
  private let counts = UnsafeMutablePointer<Int>.allocate(capacity: 256)

  package init() {}

  deinit { counts.deallocate() }

  package func sort(_ keys: UnsafeMutablePointer<UInt64>, count: Int) {
    if count <= 48 { return insertionSort(keys, count: count) }
    var varying: UInt64 = 0
    for i in 1..<count { varying |= keys[i] ^ keys[0] }
    var from = keys
    var to = scratch.resetUninitialized(count)
    for shift in stride(from: UInt64(0), to: 64, by: 8) where (varying >> shift) & 0xFF != 0 {
      counts.update(repeating: 0, count: 256)
      for i in 0..<count { counts[Int((from[i] >> shift) & 0xFF)] += 1 }
      var start = 0
      for digit in 0..<256 {
        let size = counts[digit]
        counts[digit] = start
        start += size
      }
      for i in 0..<count {
        let digit = Int((from[i] >> shift) & 0xFF)
        to[counts[digit]] = from[i]
        counts[digit] += 1
      }
      swap(&from, &to)
    }
    if from != keys { keys.update(from: from, count: count) }
  }

  private func insertionSort(_ keys: UnsafeMutablePointer<UInt64>, count: Int) {
    for i in stride(from: 1, to: count, by: 1) {
      let key = keys[i]
      var hole = i
      while hole > 0, keys[hole - 1] > key {
        keys[hole] = keys[hole - 1]
        hole -= 1
      }
      keys[hole] = key
    }
  }
}
