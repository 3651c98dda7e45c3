/// A number that tells how well work goes: a loss, a score.
package struct ProgressMeasure: Sendable, Equatable {
  /// For people: `mean loss`.
  package var name: String
  package var value: Double
  /// Digits after the point, for people.
  package var digits: Int

  package init(_ name: String, _ value: Double, digits: Int) {
    self.name = name
    self.value = value
    self.digits = digits
  }

  var text: String { "\(name) \(Support.text(value, digits))" }

  /// For programs: `mean_loss`.
  package var key: String { name.lowercased().replacing(" ", with: "_") }
}
