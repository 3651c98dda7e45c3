extension KeyedRandom {
  /// A standard normal deviate by the Box-Muller transform; its second deviate is dropped, so that a
  /// stream's position depends only on how many deviates were drawn.
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// The 64-bit key of a name: FNV-1a over its UTF-8, mixed. Stable between runs, unlike `Hasher`.
  package static func key(_ name: String) -> UInt64 { mix(FNV(name).hash) }

  /// The same of the name's UTF-8.
  package static func key(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 { mix(FNV(name).hash) }
}
