import CCrypto

/// SHA-256 (FIPS 180-4) of bytes that come piece by piece, by the system's libcrypto.
///
/// libcrypto's functions alone would not do: they fail by return codes that are easy to overlook, and their
/// context leaks unless every path frees it.
package final class SHA256 {
  private let context: OpaquePointer

  package init() { context = SHA256.checked(lcft_sha256_begin()) }

  private init(_ context: OpaquePointer) { self.context = context }

  deinit { lcft_sha256_free(context) }

  package func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    guard lcft_sha256_update(context, start, bytes.count) == 1 else {
      fatalError("libcrypto cannot compute SHA-256")
    }
    SignOfLife.give()
  }

  package func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes(update) }

  /// The 32 bytes of the digest of everything so far; more may follow.
  package func digest() -> [UInt8] {
    let copy = SHA256.checked(lcft_sha256_copy(context))
    var digest = [UInt8](repeating: 0, count: 32)
    guard lcft_sha256_end(copy, &digest) == 1 else { fatalError("libcrypto cannot compute SHA-256") }
    return digest
  }

  /// The digest as 64 hexadecimal digits.
  package func hexDigest() -> String { hexadecimal(digest()) }

  /// The digest of `bytes`.
  package static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let hash = SHA256()
    hash.update(bytes)
    return hash.digest()
  }

  private static func checked(_ context: OpaquePointer?) -> OpaquePointer {
    guard let context else { fatalError("libcrypto cannot allocate memory for SHA-256") }
    return context
  }
}

/// `bytes` in hexadecimal, two lowercase digits for each.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
