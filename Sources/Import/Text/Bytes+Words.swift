import Support

extension UnsafeBufferPointer<UInt8> {
  /// The first and the last bytes as two words. Of up to 16 bytes they and the count say all; the words overlap where there
  /// are fewer.
  @inline(__always)
  var words: (first: UInt64, last: UInt64) {
    guard let start = baseAddress else { return (0, 0) }
    if count >= 8 { return (start.word, (start + (count - 8)).word) }
    if count >= 4 { return (UInt64(start.halfWord), UInt64((start + (count - 4)).halfWord)) }
    if count == 0 { return (0, 0) }
    return (UInt64(start[0]) << 8 | UInt64(start[count / 2]), UInt64(start[count - 1]))
  }

  /// Up to 8 bytes as one word, the first in its lowest byte.
  @inline(__always)
  var word: UInt64 {
    let (first, last) = words
    if count >= 8 { return first }
    if count >= 4 { return first | last &<< UInt64(8 * (count - 4)) }
    if count < 2 { return last }
    return first >> 8 | (first & 0xFF) << 8 | last &<< UInt64(8 * (count - 1))
  }

  /// Whether these are the bytes of `other`.
  @inline(__always)
  func equals(_ other: Bytes) -> Bool {
    if count != other.count { return false }
    if count <= 16 { return words == other.words }
    return memcmp(baseAddress.unsafelyUnwrapped, other.baseAddress.unsafelyUnwrapped, count) == 0
  }

  /// A hash that every bit reaches, of words folded by full-width products as in wyhash (github.com/wangyi-fudan/wyhash).
  @inline(__always)
  func hash(_ salt: UInt64) -> UInt64 {
    var (first, last) = words
    if count > 16 { first = longHash(salt) }
    first = (first ^ salt).folded(by: last ^ 0xA076_1D64_78BD_642F)
    return (first ^ UInt64(count)).folded(by: 0xE703_7ED1_A0B4_28DB)
  }

  /// Of all bytes but the last 8, or more of them.
  @inline(never)
  private func longHash(_ salt: UInt64) -> UInt64 {
    guard let start = baseAddress else { return 0 }
    var hash = salt
    for index in stride(from: 0, to: count - 8, by: 8) {
      hash = (hash ^ (start + index).word).folded(by: 0x8EBC_6AF0_9C88_C6E3)
    }
    return hash
  }
}

extension UnsafePointer<UInt8> {
  @inline(__always)
  var word: UInt64 { UInt64(littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt64.self)) }

  @inline(__always)
  fileprivate var halfWord: UInt32 {
    UInt32(littleEndian: UnsafeRawPointer(self).loadUnaligned(as: UInt32.self))
  }
}

extension UInt64 {
  /// Both halves of the product, one over the other.
  @inline(__always)
  fileprivate func folded(by factor: UInt64) -> UInt64 {
    let product = multipliedFullWidth(by: factor)
    return product.high ^ product.low
  }
}
