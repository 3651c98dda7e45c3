/// Values by their rank, found in three passes over all of them that count by parts of their bits, without sorting.
package enum RankedValues {
  /// For each of the rising `ranks` the value at that place, counted from 0, of all values in rising order, each as often
  /// as its weight says. `visit` goes through all of them again and again.
  package static func values(
    at ranks: [Int], of visit: ((_ value: Float, _ weight: Int) -> Void) -> Void
  ) -> [Float] {
    // What is known of the value at each rank: the first bits of its key, and its place among the keys that have them.
    var known = ranks.map { (prefix: UInt32(0), rank: $0) }
    var shift: UInt32 = 32
    for bits in [UInt32(12), 10, 10] {
      shift -= bits
      let bins = 1 << Int(bits)
      let prefixes = known.map(\.prefix).reduce(into: [UInt32]()) { if $0.last != $1 { $0.append($1) } }
      var places: [UInt32: Int] = [:]
      for (place, prefix) in prefixes.enumerated() { places[prefix] = place }
      var counts = [Int](repeating: 0, count: prefixes.count * bins)
      var (last, start) = (prefixes[0], 0)
      counts.withUnsafeMutableBufferPointer { counts in
        visit { value, weight in
          let key = key(of: value)
          // The first bits of all keys are those that are known of none.
          let prefix = shift + bits == 32 ? 0 : key >> (shift + bits)
          if prefix != last {
            guard let place = places[prefix] else { return }
            (last, start) = (prefix, place * bins)
          }
          counts[start + Int(key >> shift) & (bins - 1)] += weight
        }
      }
      for index in known.indices {
        let first = (places[known[index].prefix] ?? 0) * bins
        var bin = 0
        while counts[first + bin] <= known[index].rank {
          known[index].rank -= counts[first + bin]
          bin += 1
        }
        known[index].prefix = known[index].prefix << bits | UInt32(bin)
      }
    }
    return known.map { value(of: $0.prefix) }
  }

  /// A number that rises with `value`; the same for both zeros.
  @inline(__always)
  private static func key(of value: Float) -> UInt32 {
    let bits = (value == 0 ? 0 : value).bitPattern
    return bits ^ (UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 1 << 31)
  }

  private static func value(of key: UInt32) -> Float {
    Float(bitPattern: key ^ (UInt32(bitPattern: ~Int32(bitPattern: key) >> 31) | 1 << 31))
  }
}
