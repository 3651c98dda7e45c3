import IO
import Support

/// Draws the items that a user's positives are set against.
///
/// Items stand in an order that the log's items and times give, not the order of the file, and the candidates
/// at any time are the first so many of them: all, or those that exist by then.
struct NegativeDrawer: ~Copyable {
  private let sampling: NegativeSampling
  private var order: [Int32] = []
  /// Each item's place in `order`.
  private var places: [Int32] = []
  /// [items] by place: the time of the item's first event; empty where all items are candidates.
  private var firstTimes: [Int64] = []
  /// [items + 1] the weight of all places before each; empty where draws are uniform.
  private var cumulative: [Double] = []
  /// By place: the last user who had an event with the item.
  private var owners: [UInt32]
  /// The present user's places, rising.
  private var own = GrowableBuffer<Int32>()
  /// A number of the present user: users are gone through twice.
  private var user = UInt32.max - 1
  /// Draws that met an item which must not be a negative.
  private(set) var redrawn = 0

  /// One that draws nothing.
  init() {
    sampling = NegativeSampling()
    owners = []
  }

  init(_ sampling: NegativeSampling, _ items: borrowing IdentifierTable, _ events: Dataset.Events) {
    self.sampling = sampling
    // By name: a draw depends on the set of items, not on the order of the file.
    order = items.sortedRows()
    owners = Array(repeating: .max, count: order.count)
    if sampling.candidates == .existing {
      var first = [Int64](repeating: .max, count: order.count)
      for rows in Pieces(events.count, bytesPerRow: 12) {
        for row in rows {
          let item = Int(events.item[row])
          first[item] = min(first[item], events.timestamp[row])
        }
      }
      let byName = order
      let sorted = byName.indices.sorted { (first[Int(byName[$0])], $0) < (first[Int(byName[$1])], $1) }
      order = sorted.map { byName[$0] }
      firstTimes = order.map { first[Int($0)] }
    }
    places = Array(repeating: 0, count: order.count)
    for (place, row) in order.enumerated() { places[Int(row)] = Int32(place) }
    if sampling.popularityPower > 0 {
      var counts = [Int](repeating: 0, count: order.count)
      for rows in Pieces(events.count, bytesPerRow: 4) {
        for row in rows { counts[Int(events.item[row])] += 1 }
      }
      cumulative.append(0)
      var sum = 0.0
      for item in order {
        sum += pow(Double(counts[Int(item)]), sampling.popularityPower)
        cumulative.append(sum)
      }
    }
  }

  /// Takes the items of the next user's events.
  mutating func begin(_ items: UnsafeBufferPointer<Int32>) {
    guard sampling.ownItems == .excluded else { return }
    user &+= 1
    if user == .max { user = 0 }
    own.removeAll()
    for item in items {
      let place = places[Int(item)]
      if owners[Int(place)] != user {
        owners[Int(place)] = user
        own.append(place)
      }
    }
    // Places are counted up to a time only where candidates depend on it.
    guard sampling.candidates == .existing else { return }
    var rising = UnsafeMutableBufferPointer(start: own.pointer, count: own.count)
    rising.sort()
  }

  /// How many items are candidates at `time`: the first so many places.
  @inline(__always)
  func candidates(at time: Int64) -> Int {
    if firstTimes.isEmpty { return order.count }
    return bisect(firstTimes.count) { firstTimes[$0] > time }
  }

  /// How many of the first `limit` places may be drawn; the positive is among them and the user's own.
  func allowed(_ limit: Int) -> Int {
    if sampling.ownItems == .asNegatives { return limit - 1 }
    if limit == order.count { return limit - own.count }
    return limit - bisect(own.count) { own.pointer[$0] >= Int32(limit) }
  }

  /// One of the first `limit` places that may be drawn, of which there is one.
  mutating func draw(_ limit: Int, positive: Int32, _ random: inout KeyedRandom) -> Int32 {
    if sampling.ownItems == .asNegatives && cumulative.isEmpty {
      let draw = random.below(limit - 1)
      return order[draw < Int(places[Int(positive)]) ? draw : draw + 1]
    }
    // Where nearly all weight is the user's own, drawing again and again would take long.
    for _ in 0..<32 {
      let place = anyPlace(limit, &random)
      if mayBeDrawn(place, positive) { return order[place] }
      redrawn += 1
    }
    return exactly(limit, positive, &random)
  }

  @inline(__always)
  private func mayBeDrawn(_ place: Int, _ positive: Int32) -> Bool {
    sampling.ownItems == .excluded ? owners[place] != user : place != Int(places[Int(positive)])
  }

  @inline(__always)
  private func anyPlace(_ limit: Int, _ random: inout KeyedRandom) -> Int {
    if cumulative.isEmpty { return random.below(limit) }
    let target = random.uniform() * cumulative[limit]
    // The last place whose weight begins at or before the target.
    return min(bisect(cumulative.count) { cumulative[$0] > target }, limit) - 1
  }

  /// From the same distribution, by one pass over the places.
  private func exactly(_ limit: Int, _ positive: Int32, _ random: inout KeyedRandom) -> Int32 {
    func weight(_ place: Int) -> Double {
      guard mayBeDrawn(place, positive) else { return 0 }
      return cumulative.isEmpty ? 1 : cumulative[place + 1] - cumulative[place]
    }
    var left = random.uniform() * (0..<limit).reduce(0) { $0 + weight($1) }
    var last = -1
    for place in 0..<limit where mayBeDrawn(place, positive) {
      last = place
      left -= weight(place)
      if left < 0 { break }
    }
    precondition(last >= 0, "an item that may be drawn")
    return order[last]
  }
}
