/// The word, a key or an option, that a misspelt one probably stands for.
package enum Suggestion {
  /// Edits, a character inserted, left out or replaced, or two neighbours exchanged, up to which a key is taken for another
  /// one misspelt.
  private static let largestDistance = 2

  /// The key in `known` that is nearest to `key` and at most two edits away; nil where there is none, where
  /// several are equally near, where it is `key` itself, or where nothing but the edits is left of the shorter one.
  package static func nearest(to key: String, among known: [String]) -> String? {
    let near = known.map { (name: $0, distance: distance(key, $0)) }
      .filter { $0.distance <= largestDistance && $0.distance < min(key.count, $0.name.count) }
    guard let least = near.map(\.distance).min() else { return nil }
    let nearest = near.filter { $0.distance == least }
    return nearest.count == 1 && least > 0 ? nearest[0].name : nil
  }

  /// What a message says of it after the misspelt word; empty where there is none.
  package static func hint(_ nearest: String?) -> String { nearest.map { " (did you mean \($0)?)" } ?? "" }

  /// Edits between `a` and `b` (the optimal string alignment); more than can matter where their lengths alone say so.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    guard abs(a.count - b.count) <= largestDistance else { return abs(a.count - b.count) }
    /// Edits from the first so many of `a`, for the latest three numbers, to the first so many of `b`.
    var (before, last, row) = ([Int](), [Int](), Array(0...b.count))
    for i in a.indices {
      (before, last) = (last, row)
      row[0] = i + 1
      for j in b.indices {
        row[j + 1] = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          row[j + 1] = min(row[j + 1], before[j - 1] + 1)
        }
      }
    }
    return row[b.count]
  }
}
