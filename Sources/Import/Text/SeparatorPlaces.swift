import CBytes
import Support

/// Where a separator and quotes stand in a text of any number of lines, found 64 bytes at a time.
///
/// All places of 64 bytes are written without asking how many there are: how far apart separators stand differs from field
/// to field, and a branch on it would often be guessed wrong.
struct SeparatorPlaces: ~Copyable {
  /// In order, with `UInt32.max` behind the last.
  private var separators = GrowableBuffer<UInt32>()
  private var quotes = GrowableBuffer<UInt32>()

  var ofSeparators: UnsafePointer<UInt32> { UnsafePointer(separators.pointer) }
  var ofQuotes: UnsafePointer<UInt32> { UnsafePointer(quotes.pointer) }

  /// Finds `separator`, and quotes where these have a meaning, in a text that `ReadAhead.padding` readable bytes follow.
  /// - Parameter further: how many places may be read beyond the last.
  mutating func find(_ separator: UInt8, quotes hasQuotes: Bool, in text: Bytes, further: Int) {
    quotes.removeAll()
    var found = 0
    // Each block writes whole groups.
    let places = separators.resetUninitialized(text.count + SeparatorPlaces.group + 64 + further)
    if let start = text.baseAddress {
      for base in stride(from: 0, to: text.count, by: 64) {
        var (bits, quoteBits) = (lcft_places(start + base, separator), UInt64(0))
        if hasQuotes { quoteBits = lcft_places(start + base, UInt8(ascii: "\"")) }
        let left = text.count - base
        if left < 64 {
          let mask = 1 &<< UInt64(left) &- 1
          bits &= mask
          quoteBits &= mask
        }
        SeparatorPlaces.write(bits, from: UInt32(truncatingIfNeeded: base), to: places + found)
        found += bits.nonzeroBitCount
        while quoteBits != 0 {
          quotes.append(UInt32(truncatingIfNeeded: base + quoteBits.trailingZeroBitCount))
          quoteBits &= quoteBits &- 1
        }
      }
    }
    (places + found).update(repeating: .max, count: further)
    quotes.append(.max)
  }

  private static let group = 8

  @inline(__always)
  private static func write(_ bits: UInt64, from base: UInt32, to places: UnsafeMutablePointer<UInt32>) {
    var (bits, places) = (bits, places)
    repeat {
      for index in 0..<group {
        places[index] = base &+ UInt32(truncatingIfNeeded: bits.trailingZeroBitCount)
        bits &= bits &- 1
      }
      places += group
    } while bits != 0
  }
}
