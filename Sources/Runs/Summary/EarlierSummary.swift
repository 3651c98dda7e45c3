import Foundation
import IO

/// What a run needs to know of the `summary.json` that an earlier one wrote; the rest may be of any version.
struct EarlierSummary: Decodable {
  var digest: Digest

  struct Digest: Decodable {
    var checkpoint: String?
    var results: String?
  }

  /// Nil where there is none, or none that says so. Throws where it cannot be read.
  init?(_ file: String) throws {
    guard let bytes = try TextFile.start(of: file),
      let found = try? JSONDecoder().decode(EarlierSummary.self, from: Data(bytes))
    else { return nil }
    self = found
  }
}
