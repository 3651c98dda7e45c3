import CLanes

/// A fixed number of neighbouring floats that are computed at once, in one to three of the processor's registers.
protocol Lanes {
  static var count: Int { get }
  /// Rows of them that a product computes together: enough sums at a time to hide how long each addition takes, and few
  /// enough for the sixteen registers of AVX2.
  static var rows: Int { get }
  init(repeating value: Float)
  /// From memory of any alignment.
  init(_ memory: UnsafePointer<Float>)
  func store(_ memory: UnsafeMutablePointer<Float>)
  /// Stores the last `count` lanes and leaves the memory of the others as it is.
  func store(last count: Int, _ memory: UnsafeMutablePointer<Float>)
  /// self + a x, rounded once.
  func adding(_ a: Float, _ x: Self) -> Self
}

struct Lanes8: Lanes {
  var values: SIMD8<Float>
  static var count: Int { 8 }
  static var rows: Int { 6 }

  @inline(__always) init(values: SIMD8<Float>) { self.values = values }
  @inline(__always) init(repeating value: Float) { values = SIMD8(repeating: value) }
  @inline(__always) init(_ memory: UnsafePointer<Float>) {
    values = UnsafeRawPointer(memory).loadUnaligned(as: SIMD8<Float>.self)
  }
  @inline(__always) func store(_ memory: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(memory).storeBytes(of: values, as: SIMD8<Float>.self)
  }
  @inline(__always) func store(last count: Int, _ memory: UnsafeMutablePointer<Float>) {
    let kept = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) .< Int32(8 - count)
    Lanes8(values: values.replacing(with: Lanes8(memory).values, where: kept)).store(memory)
  }
  @inline(__always) func adding(_ a: Float, _ x: Lanes8) -> Lanes8 {
    Lanes8(values: lcft_multiply_add8(SIMD8(repeating: a), x.values, values))
  }
}

struct Lanes16: Lanes {
  var values: SIMD16<Float>
  static var count: Int { 16 }
  static var rows: Int { 6 }

  @inline(__always) init(values: SIMD16<Float>) { self.values = values }
  @inline(__always) init(repeating value: Float) { values = SIMD16(repeating: value) }
  @inline(__always) init(_ memory: UnsafePointer<Float>) {
    values = UnsafeRawPointer(memory).loadUnaligned(as: SIMD16<Float>.self)
  }
  @inline(__always) func store(_ memory: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(memory).storeBytes(of: values, as: SIMD16<Float>.self)
  }
  @inline(__always) func store(last count: Int, _ memory: UnsafeMutablePointer<Float>) {
    let kept =
      SIMD16<Int32>(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) .< Int32(16 - count)
    Lanes16(values: values.replacing(with: Lanes16(memory).values, where: kept)).store(memory)
  }
  @inline(__always) func adding(_ a: Float, _ x: Lanes16) -> Lanes16 {
    Lanes16(values: lcft_multiply_add16(SIMD16(repeating: a), x.values, values))
  }
}

/// Two runs of lanes, one after the other in memory.
struct LanesPair<Low: Lanes, High: Lanes>: Lanes {
  var low: Low
  var high: High
  static var count: Int { Low.count + High.count }
  // Three registers of AVX2 have twelve sums in four rows, two of AVX-512 in six.
  static var rows: Int { count == 24 ? 4 : 6 }

  @inline(__always) init(low: Low, high: High) {
    self.low = low
    self.high = high
  }
  @inline(__always) init(repeating value: Float) {
    low = Low(repeating: value)
    high = High(repeating: value)
  }
  @inline(__always) init(_ memory: UnsafePointer<Float>) {
    low = Low(memory)
    high = High(memory + Low.count)
  }
  @inline(__always) func store(_ memory: UnsafeMutablePointer<Float>) {
    low.store(memory)
    high.store(memory + Low.count)
  }
  @inline(__always) func store(last count: Int, _ memory: UnsafeMutablePointer<Float>) {
    if count > High.count { low.store(last: count - High.count, memory) }
    high.store(last: min(count, High.count), memory + Low.count)
  }
  @inline(__always) func adding(_ a: Float, _ x: LanesPair) -> LanesPair {
    LanesPair(low: low.adding(a, x.low), high: high.adding(a, x.high))
  }
}

typealias Lanes24 = LanesPair<Lanes16, Lanes8>
typealias Lanes32 = LanesPair<Lanes16, Lanes16>
