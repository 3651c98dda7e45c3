import HDF5
import IO
import Support
import Testing

/// Expects that `body` throws an error about a file, of one line that has all of `fragments` in it.
package func expectFileError(
  _ fragments: [String], _ sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
  do {
    try body()
    Issue.record("no error was thrown; expected \(fragments)", sourceLocation: sourceLocation)
  } catch let error where error is FileError || error is HDF5Error || error is SystemError {
    let text = "\(error)"
    for fragment in fragments {
      #expect(text.contains(fragment), sourceLocation: sourceLocation)
    }
    #expect(!text.contains("\n"), "an error is one line", sourceLocation: sourceLocation)
  } catch {
    Issue.record("not an error about a file: \(error)", sourceLocation: sourceLocation)
  }
}

/// Expects equal values. (`#expect` cannot look into calls of methods of values that are not copyable.)
package func expectSame<T: Equatable>(
  _ value: T, _ expected: T, _ sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(value == expected, sourceLocation: sourceLocation)
}

/// Expects the same columns, bit for bit.
package func expectEqual(
  _ left: Dataset, _ right: Dataset, _ sourceLocation: SourceLocation = #_sourceLocation
) {
  func same<T: Equatable>(_ name: String, _ left: Column<T>?, _ right: Column<T>?) {
    let equal = left.map { Array($0.values) } == right.map { Array($0.values) }
    #expect(equal, "column \(name)", sourceLocation: sourceLocation)
  }
  func same(_ name: String, _ left: StringColumn, _ right: StringColumn) {
    let equal = (0..<left.count).map { left[$0] } == (0..<right.count).map { right[$0] }
    #expect(equal, "strings \(name)", sourceLocation: sourceLocation)
  }
  same("users/id", left.users.id, right.users.id)
  same("users/event_offsets", left.users.eventOffsets, right.users.eventOffsets)
  same("events/item", left.events.item, right.events.item)
  same("events/timestamp", left.events.timestamp, right.events.timestamp)
  same("events/label", left.events.label, right.events.label)
  for (left, right) in [(left.train, right.train), (left.test, right.test)] {
    same("offsets", left.offsets, right.offsets)
    same("item", left.item, right.item)
    same("label", left.label, right.label)
    same("event_position", left.eventPosition, right.eventPosition)
    same("probability", left.probability, right.probability)
    same("timestamp", left.timestamp, right.timestamp)
    same("drawn", left.drawn, right.drawn)
  }
  same("items/id", left.items.id, right.items.id)
  expectEqual(left.features, right.features, sourceLocation)
  #expect(left.provenance == right.provenance, sourceLocation: sourceLocation)
}
