import Foundation
import LCFT
import Support
import YAML

/// The candidates of a search of cloud settings, and for how many epochs each round trains those that are left.
package struct CloudSearchPlan: Sendable {
  package struct Candidate: Sendable {
    /// From 1 on.
    package let number: Int
    /// The values that it has of the searched settings, as YAML.
    package let values: [(key: String, text: String)]
    /// With them; its text leaves nothing to a default.
    package let job: Job

    /// `{training.learning_rate: 0.1}`
    package var text: String { "{\(values.map { "\($0.key): \($0.text)" }.joined(separator: ", "))}" }
  }

  package let candidates: [Candidate]
  /// Epochs that a candidate of each round has been trained for at its end.
  package let rounds: [Int]
  private let factor: Int

  private static let purpose = RandomPurpose("candidates of cloud settings")
  /// The most candidates of a grid.
  package static let most = 10_000

  /// Throws `YAMLError` where a candidate is no job; `file` names the job's in errors.
  package init(_ job: Job, file: String) throws {
    let search = job.search.cloud
    factor = search.factor
    let chosen = try CloudSearchPlan.values(search, seed: job.seed, file: file)
    candidates = try chosen.enumerated().map { index, values in
      let parsed = try values.map {
        (key: $0.key, value: try YAMLValue.parse($0.text, file: "\(file): search.cloud.settings"))
      }
      var own = try Job.parse(job.text, replacing: parsed, file: file)
      own.fineTuning.methods = job.fineTuning.methods
      return Candidate(number: index + 1, values: values, job: own)
    }
    rounds =
      search.method == .halving
      ? CloudSearchPlan.rounds(candidates.count, epochs: job.training.epochs, factor: search.factor) : [0]
  }

  /// Epochs of the rounds, of which the last has `epochs`: as many rounds as candidates and epochs can be divided.
  package static func rounds(_ candidates: Int, epochs: Int, factor: Int) -> [Int] {
    var rounds = [epochs]
    var left = candidates / factor
    while left > 0, rounds[0] / factor > 0 {
      rounds.insert(rounds[0] / factor, at: 0)
      left /= factor
    }
    return rounds
  }

  /// For how many epochs `candidate` is trained up to the end of `round`.
  package func epochs(of candidate: Candidate, round: Int) -> Int {
    rounds[round] == 0 ? candidate.job.training.epochs : rounds[round]
  }

  /// How many of `count` candidates stay after a round that is not the last.
  package func kept(of count: Int) -> Int { max(1, count / factor) }

  private static func values(
    _ search: Job.CloudSearch, seed: UInt64, file: String
  ) throws -> [[(key: String, text: String)]] {
    guard search.method != .grid else {
      let lists = search.settings.compactMap { tried -> [(key: String, text: String)]? in
        guard case .list(let texts) = tried.values else { return nil }
        return texts.map { (tried.key, $0) }
      }
      let count = lists.reduce(1) { min($0 * $1.count, most + 1) }
      guard count <= most else {
        throw YAMLError.invalid(
          file: file, line: 1,
          message: "search.cloud.settings has more than \(most) combinations; draw candidates instead")
      }
      return combinations(lists)
    }
    return (0..<search.candidates).map { candidate in
      search.settings.enumerated().map { place, tried -> (key: String, text: String) in
        var random = KeyedRandom(seed: seed, purpose, UInt64(candidate), UInt64(place))
        return (tried.key, draw(tried, &random))
      }
    }
  }

  private static func draw(_ tried: Job.CloudSearch.Tried, _ random: inout KeyedRandom) -> String {
    switch tried.values {
    case .list(let texts): return texts[random.below(texts.count)]
    case .range(let from, let to, let isLogarithmic):
      let share = random.uniform()
      let value = isLogarithmic ? from * exp(share * log(to / from)) : from + share * (to - from)
      let isWhole = Job.setting(tried.key)?.takesWholeNumber ?? false
      // Four digits are more than any search resolves, and have the same text everywhere.
      return isWhole ? "\(Int(value.rounded()))" : "\(Double(String(format: "%.4g", value)) ?? value)"
    }
  }
}
