import Support

/// Where items come first among the events of one moment, of which a user may have any number.
struct MomentItems {
  /// Up to so many events are looked at one by one.
  private static let few = 32

  private let items: Column<Int32>
  private var places: [Int32: Int] = [:]
  /// The events that `places` has.
  private var taken = 0..<0

  /// - Parameter items: [events]
  init(_ items: Column<Int32>) { self.items = items }

  /// The first event of `item` in the rows from `moment`, where a moment begins, up to `end`; nil where there is none.
  mutating func first(_ item: Int32, from moment: Int, upTo end: Int) -> Int? {
    if end - moment <= MomentItems.few { return (moment..<end).first { items[$0] == item } }
    if taken.lowerBound != moment || taken.isEmpty {
      places.removeAll(keepingCapacity: true)
      taken = moment..<moment
    }
    while taken.upperBound < end {
      let place = taken.upperBound
      if places[items[place]] == nil { places[items[place]] = place }
      taken = moment..<place + 1
    }
    return places[item].flatMap { $0 < end ? $0 : nil }
  }
}
