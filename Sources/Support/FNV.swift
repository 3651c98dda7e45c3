/// FNV-1a (Fowler, Noll, Vo), 64 bits: a hash that is the same in every process, unlike `Hasher`.
package struct FNV {
  package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

  package init() {}

  /// The hash of text as UTF-8.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) { for byte in bytes { add(UInt64(byte)) } }

  /// The hash of a text's UTF-8.
  package init(_ text: String) { for byte in text.utf8 { add(UInt64(byte)) } }

  package mutating func add(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01B3 }

  /// Adds eight bytes in one round. The shift lets their upper bits reach the lower ones.
  package mutating func add(word: UInt64) {
    add(word)
    hash ^= hash >> 29
  }
}
