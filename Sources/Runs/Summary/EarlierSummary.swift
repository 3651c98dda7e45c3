import Foundation

/// What a run needs to know of the `summary.json` that an earlier one wrote; the rest may be of any version.
struct EarlierSummary: Decodable {
  var digest: Digest

  struct Digest: Decodable, Equatable {
    var checkpoint: String?
    var results: String?
  }

  /// Nil where there is none, or none that can be read.
  init?(_ file: String) {
    guard let data = FileManager.default.contents(atPath: file),
      let found = try? JSONDecoder().decode(EarlierSummary.self, from: data)
    else { return nil }
    self = found
  }
}
