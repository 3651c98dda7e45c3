import ArgumentParser
import Import

/// The options of importers that sample negatives.
struct NegativeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Negatives per positive, drawn once per user, uniformly from this range.", valueName: "low-high"),
    transform: NegativeOptions.parse)
  var negatives = 1...9

  @Option(help: "Items that the user has an event with: never drawn as negatives, or drawn like all others.")
  var ownItems = NegativeSampling.OwnItems.excluded

  @Option(
    help: "The items that negatives are drawn from: all, or those with an event by the time of the sample.")
  var among = NegativeSampling.Candidates.all

  @Option(
    help: ArgumentHelp(
      "Draw items in proportion to their number of events raised to this power; 0 is uniform.",
      valueName: "power"))
  var popularityPower = 0.0

  @Flag(help: "A user's first row, which has no history, is a sample too.")
  var keepFirst = false

  /// What the options say together.
  var sampling: NegativeSampling {
    NegativeSampling(
      ratios: negatives, ownItems: ownItems, among: among, popularityPower: popularityPower)
  }

  private static func parse(_ text: String) throws -> ClosedRange<Int> {
    let bounds = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let low = bounds.first ?? nil, let high = bounds.last ?? nil, bounds.count <= 2, low >= 0,
      low <= high
    else { throw ValidationError("negatives per positive are a number or a range, for example 1-9") }
    return low...high
  }
}

extension NegativeSampling.OwnItems: ExpressibleByArgument {}
extension NegativeSampling.Candidates: ExpressibleByArgument {}
