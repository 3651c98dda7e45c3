#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension KeyedRandom {
  /// A standard normal deviate by the Box-Muller transform; its second deviate is dropped, so that a
  /// stream's position depends only on how many deviates were drawn.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// The 64-bit key of a name: FNV-1a over its UTF-8, mixed. Stable between runs, unlike `Hasher`.
  public static func key(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return mix(hash)
  }
}
