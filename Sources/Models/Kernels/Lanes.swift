import CLanes

/// A fixed number of floats that are computed at once, in one to three of the processor's registers.
protocol Lanes {
  static var count: Int { get }
  /// Rows of them that a product computes together, four or six: enough sums at a time to hide how long each addition takes,
  /// and few enough for the processor's registers.
  static var rows: Int { get }
  init(repeating value: Float)
  /// `width` neighbouring floats, of any alignment. Where they are fewer than the lanes, some are in two lanes.
  init(_ memory: UnsafePointer<Float>, _ width: Int)
  func store(_ memory: UnsafeMutablePointer<Float>, _ width: Int)
  /// self + a x, rounded once.
  func adding(_ a: Float, _ x: Self) -> Self
}

struct Lanes8: Lanes {
  var values: SIMD8<Float>
  static var count: Int { 8 }
  static var rows: Int { 6 }

  @inline(__always) init(values: SIMD8<Float>) { self.values = values }
  @inline(__always) init(repeating value: Float) { values = SIMD8(repeating: value) }
  @inline(__always) init(_ memory: UnsafePointer<Float>, _ width: Int = 8) {
    values = UnsafeRawPointer(memory).loadUnaligned(as: SIMD8<Float>.self)
  }
  @inline(__always) func store(_ memory: UnsafeMutablePointer<Float>, _ width: Int = 8) {
    UnsafeMutableRawPointer(memory).storeBytes(of: values, as: SIMD8<Float>.self)
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
  @inline(__always) init(_ memory: UnsafePointer<Float>, _ width: Int = 16) {
    values = UnsafeRawPointer(memory).loadUnaligned(as: SIMD16<Float>.self)
  }
  @inline(__always) func store(_ memory: UnsafeMutablePointer<Float>, _ width: Int = 16) {
    UnsafeMutableRawPointer(memory).storeBytes(of: values, as: SIMD16<Float>.self)
  }
  @inline(__always) func adding(_ a: Float, _ x: Lanes16) -> Lanes16 {
    Lanes16(values: lcft_multiply_add16(SIMD16(repeating: a), x.values, values))
  }
}

/// The first and the last of some neighbouring floats.
struct LanesPair<Low: Lanes, High: Lanes>: Lanes {
  var low: Low
  var high: High
  static var count: Int { Low.count + High.count }
  // In six rows three registers have eighteen sums and two twelve; in four rows three have twelve.
  static var rows: Int { Low.count > High.count && lcft_vector_registers() < 32 ? 4 : 6 }

  @inline(__always) init(low: Low, high: High) {
    self.low = low
    self.high = high
  }
  @inline(__always) init(repeating value: Float) {
    low = Low(repeating: value)
    high = High(repeating: value)
  }
  @inline(__always) init(_ memory: UnsafePointer<Float>, _ width: Int) {
    low = Low(memory, Low.count)
    high = High(memory + (width - High.count), High.count)
  }
  @inline(__always) func store(_ memory: UnsafeMutablePointer<Float>, _ width: Int) {
    low.store(memory, Low.count)
    high.store(memory + (width - High.count), High.count)
  }
  @inline(__always) func adding(_ a: Float, _ x: LanesPair) -> LanesPair {
    LanesPair(low: low.adding(a, x.low), high: high.adding(a, x.high))
  }
}
