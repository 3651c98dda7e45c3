import Foundation
import Models
import Testing

/// The vectorised elementary functions against libm's in double precision, over all magnitudes of floats.
@Suite struct ElementwiseTests {
  #if DEBUG
    /// Unoptimised, a float takes ten times as long: there are a tenth of them.
    private static let step: UInt32 = 10_007
  #else
    private static let step: UInt32 = 1013
  #endif

  /// Every 1,013th bit pattern that is a number: some four million, of both signs, from denormal to infinite.
  private func forEachFloat(_ body: (Float) -> Void) {
    var bits: UInt32 = 0
    while true {
      let value = Float(bitPattern: bits)
      if !value.isNaN { body(value) }
      let (next, overflow) = bits.addingReportingOverflow(Self.step)
      if overflow { return }
      bits = next
    }
  }

  private func unitsInTheLastPlace(_ value: Float, _ exact: Double) -> Double {
    abs(Double(value) - exact) / Double(Float(exact).ulp)
  }

  @Test func exponentialIsWithinTwoUnits() {
    var (worst, clamped) = (0.0, true)
    forEachFloat { x in
      if x >= -87, x <= 88 {
        worst = max(worst, unitsInTheLastPlace(Elementwise.exponential(x), exp(Double(x))))
      }
      if x < -87, Elementwise.exponential(x) != Elementwise.exponential(-87) { clamped = false }
      if x > 88, Elementwise.exponential(x) != Elementwise.exponential(88) { clamped = false }
    }
    #expect(worst <= 2, "\(worst)")
    #expect(clamped)
  }

  @Test func sigmoidIsWithinFourUnits() {
    var (worst, beyond) = (0.0, 0.0)
    forEachFloat { x in
      let (value, exact) = (Elementwise.sigmoid(x), 1 / (1 + exp(-Double(x))))
      if abs(x) <= 87 {
        worst = max(worst, unitsInTheLastPlace(value, exact))
      } else {
        beyond = max(beyond, abs(Double(value) - exact))
      }
    }
    #expect(worst <= 4, "\(worst)")
    #expect(beyond <= 2e-38, "\(beyond)")
  }

  @Test func tanhIsWithin3eMinus7() {
    var worst = 0.0
    forEachFloat { x in worst = max(worst, abs(Double(Elementwise.tanh(x)) - Foundation.tanh(Double(x)))) }
    #expect(worst <= 3e-7, "\(worst)")
  }

  /// A training that diverges must show.
  @Test func notANumberStaysNotANumber() {
    for nan in [Float.nan, -Float.nan, Float.signalingNaN] {
      #expect(Elementwise.exponential(nan).isNaN)
      #expect(Elementwise.sigmoid(nan).isNaN)
      #expect(Elementwise.tanh(nan).isNaN)
    }
  }
}
