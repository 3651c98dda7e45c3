import Support

/// Bytes read as words. Padded are those of which 8 from the first on may be read, however few they are, as all in a line of a
/// `LineReader` are: how many they are, which differs from field to field, is then no branch that the processor has to guess.
extension UnsafeBufferPointer<UInt8> {
  /// Two words that with the count say all of up to 16 bytes: the first 8 and the last 8; of fewer these, twice, in the
  /// highest bytes.
  @inline(__always)
  private var words: (first: UInt64, last: UInt64) {
    if count < 8 { return (highWord, highWord) }
    guard let start = baseAddress else { return (0, 0) }
    return (start.word, (start + (count - 8)).word)
  }

  /// `words` of padded bytes.
  @inline(__always)
  private var paddedWords: (first: UInt64, last: UInt64) {
    let start = baseAddress.unsafelyUnwrapped
    let beyond = Swift.max(count, 8) &- 8
    let missing = UInt64(truncatingIfNeeded: 64 &- 8 &* (count &- beyond))
    return (start.word &<< missing, (start + beyond).word &<< missing)
  }

  /// Up to 8 bytes as one word, the first in its lowest byte.
  @inline(__always)
  var word: UInt64 {
    guard let start = baseAddress else { return 0 }
    if count >= 8 { return start.word }
    if count >= 4 {
      return UInt64(start.halfWord) | UInt64((start + (count - 4)).halfWord) &<< UInt64(8 * (count - 4))
    }
    if count == 0 { return 0 }
    let middle = UInt64(start[count / 2]) &<< UInt64(8 * (count / 2))
    return UInt64(start[0]) | middle | UInt64(start[count - 1]) &<< UInt64(8 * (count - 1))
  }

  /// Up to 8 bytes as one word, the last in its highest byte.
  @inline(__always)
  var highWord: UInt64 { word &<< UInt64(64 - 8 * Swift.max(count, 1)) }

  /// `highWord` of padded bytes, 1 to 8.
  @inline(__always)
  var paddedHighWord: UInt64 {
    baseAddress.unsafelyUnwrapped.word &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)
  }

  /// Whether these are the bytes of `other`.
  @inline(__always)
  func equals(_ other: Bytes) -> Bool {
    if count != other.count { return false }
    if count <= 16 { return words == other.words }
    return memcmp(baseAddress.unsafelyUnwrapped, other.baseAddress.unsafelyUnwrapped, count) == 0
  }

  /// `equals` where both are padded.
  @inline(__always)
  func equals(padded other: Bytes) -> Bool {
    if count != other.count { return false }
    if count > 16 { return equals(other) }
    let (mine, others) = (paddedWords, other.paddedWords)
    return (mine.first ^ others.first) | (mine.last ^ others.last) == 0
  }

  /// A hash that every bit reaches: words folded by full-width products as in wyhash (github.com/wangyi-fudan/wyhash).
  @inline(__always)
  func hash(_ salt: UInt64) -> UInt64 { hash(words, salt) }

  /// `hash` of padded bytes; any number where there are none.
  @inline(__always)
  func paddedHash(_ salt: UInt64) -> UInt64 { hash(paddedWords, salt) }

  @inline(__always)
  private func hash(_ words: (first: UInt64, last: UInt64), _ salt: UInt64) -> UInt64 {
    let first = count > 16 ? longHash(salt) : words.first
    let last = (words.last ^ salt &* 0xA076_1D64_78BD_642F) &+ UInt64(truncatingIfNeeded: count)
    return (first ^ salt).folded(by: last)
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
