import IO
import Support

/// The items that one user acted on, in several data sets: a negative of one of them may be a positive of another.
struct MergedOwnItems: ~Copyable {
  private let inputs: [Dataset]
  private let itemPlaces: [Column<Int32>]
  /// Of each data set, whether its negatives were drawn among items without an event of the user's.
  private let excludesOwn: [Bool]
  /// An item's place among the joined ones in the upper half, the data set in the lower one; rising.
  private var keys = GrowableBuffer<UInt64>()

  init(_ inputs: [Dataset], items: JoinedIdentifiers) {
    self.inputs = inputs
    itemPlaces = items.places
    excludesOwn = inputs.map { $0.provenance.negativeSampling.contains(NegativeSampling.neverOwn) }
  }

  /// - Parameter users: the user's row in each data set; -1 where it has not the user.
  mutating func gather(_ users: [Int32]) {
    keys.removeAll()
    guard excludesOwn.contains(true), users.count(where: { $0 >= 0 }) > 1 else { return }
    for (input, user) in users.enumerated() where user >= 0 {
      let dataset = inputs[input]
      let offsets = dataset.users.eventOffsets
      for row in Int(offsets[Int(user)])..<Int(offsets[Int(user) + 1]) where dataset.events.label[row] == 1 {
        let place = itemPlaces[input][Int(dataset.events.item[row])]
        keys.append(UInt64(UInt32(bitPattern: place)) << 32 | UInt64(input))
      }
    }
    var all = UnsafeMutableBufferPointer(start: keys.pointer, count: keys.count)
    all.sort()
  }

  /// Whether the user acted on `item`, a negative of data set `input`, in another data set alone.
  func isElsewhere(_ item: Int32, input: Int) -> Bool {
    guard keys.count > 0, excludesOwn[input] else { return false }
    let first = UInt64(UInt32(bitPattern: item)) << 32
    var place = bisect(keys.count) { keys.pointer[$0] >= first }
    var isFound = false
    while place < keys.count, keys.pointer[place] >> 32 == first >> 32 {
      if Int(keys.pointer[place] & 0xFFFF_FFFF) == input { return false }
      isFound = true
      place += 1
    }
    return isFound
  }
}
