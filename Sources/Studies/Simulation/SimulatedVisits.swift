import IO
import LCFT
import Support

extension RandomPurpose {
  /// The candidates of a user's visits.
  fileprivate static let candidates = RandomPurpose("A/B candidates")
  /// Whether a candidate that is shown is clicked.
  fileprivate static let clicks = RandomPurpose("A/B clicks")
}

/// What one user sees on the days of a simulated online test: the visits, the items to choose from at each
/// and their true click probabilities. It depends on the world, the user and the test's seed, and not on who
/// serves the user, so that any model that serves the same user gets the same candidates, and the same item
/// shown at the same visit is clicked in every case or in none.
package struct SimulatedVisits {
  private let world: SyntheticWorld
  private let settings: ABTest.Settings
  private let candidateSeed: UInt64
  private let clickSeed: UInt64
  private var user = 0
  /// Visits of each day.
  package private(set) var visitsOfDay: [Int] = []
  /// [visits x candidates], the visits of all days one after the other.
  package private(set) var items: [Int32] = []
  package private(set) var probabilities: [Double] = []
  /// By item: the number of the visit that last had it among its candidates.
  private var seen: [Int]
  private var visitNumber = 0

  package init(world: SyntheticWorld, settings: ABTest.Settings) {
    precondition(settings.candidates <= world.options.items, "candidates of a visit are distinct")
    self.world = world
    self.settings = settings
    candidateSeed = settings.seed ^ RandomPurpose.candidates.key
    clickSeed = settings.seed ^ RandomPurpose.clicks.key
    seen = Array(repeating: 0, count: world.options.items)
  }

  /// Draws the visits of `index`. How often a user comes depends on the user's activity in the world.
  package mutating func draw(user index: Int) {
    user = index
    visitsOfDay.removeAll(keepingCapacity: true)
    items.removeAll(keepingCapacity: true)
    probabilities.removeAll(keepingCapacity: true)
    let user = world.user(index)
    for day in 0..<settings.days {
      var random = KeyedRandom(seed: candidateSeed, UInt64(index), UInt64(day))
      // Rounded up with the fraction as probability, so that the mean stays the same.
      let visits = Int(settings.visits * user.activity + random.uniform())
      visitsOfDay.append(visits)
      for _ in 0..<visits { drawCandidates(user, &random) }
    }
  }

  /// Distinct items, drawn as the world shows them; where those keep repeating, the rest uniformly.
  private mutating func drawCandidates(_ user: SyntheticWorld.User, _ random: inout KeyedRandom) {
    visitNumber += 1
    let last = items.count + settings.candidates
    var draws = 0
    while items.count < last {
      draws += 1
      let item =
        draws <= 16 * settings.candidates
        ? world.candidate(for: user, using: &random) : random.below(world.options.items)
      guard seen[item] != visitNumber else { continue }
      seen[item] = visitNumber
      items.append(Int32(item))
      probabilities.append(world.clickProbability(user: user, item: item))
    }
  }

  /// Whether the user clicks the candidate at `row` when it is shown at visit `visit` of `day`.
  package func isClicked(row: Int, day: Int, visit: Int) -> Bool {
    let occasion = UInt64(day) << 48 | UInt64(visit) << 32 | UInt64(items[row])
    var random = KeyedRandom(seed: clickSeed, UInt64(user), occasion)
    return random.uniform() < probabilities[row]
  }
}
