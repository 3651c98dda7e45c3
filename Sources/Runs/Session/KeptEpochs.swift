import Foundation
import Support

/// The names that what was made from the model of a shorter training is kept under: `results-epochs-2.h5`,
/// `summary-epochs-2.json`, `group-low-epochs-2.h5`, `labels-epochs-2.h5`, and the folder `models-epochs-2`, as the files
/// of users' models name one another. Where such a name is taken the next ones have a number, `results-epochs-2-2.h5`.
enum KeptEpochs {
  private static let mark = "-epochs-"
  private static let folder = "models"
  /// Which are there for people, too.
  private static let tables = ["search", "labels"]

  /// `file` as it is kept.
  static func path(_ file: String, epochs: Int, number: Int) -> String {
    let end = file.lastIndex(of: ".") ?? file.endIndex
    return "\(file[..<end])\(ending(epochs, number))\(file[end...])"
  }

  /// The folder of users' models, beside `file`.
  static func folder(beside file: String, epochs: Int, number: Int) -> String {
    "\(FileStatus.folder(of: file))/\(folder)\(ending(epochs, number))"
  }

  private static func ending(_ epochs: Int, _ number: Int) -> String {
    "\(mark)\(epochs)" + (number > 1 ? "-\(number)" : "")
  }

  /// Whether a name in an output folder is one of these.
  static func contains(_ name: String) -> Bool {
    guard let mark = name.range(of: mark, options: .backwards) else { return false }
    let numbers = name[mark.upperBound...].prefix { $0.isASCII && $0.isNumber || $0 == "-" }
    let parts = numbers.split(separator: "-", omittingEmptySubsequences: false)
    let (kind, ending) = (String(name[..<mark.lowerBound]), name[mark.upperBound...].dropFirst(numbers.count))
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else { return false }
    switch ending {
    case "": return kind == folder
    case ".h5":
      return tables.contains(kind) || kind == "choice" || kind == "results" || kind.hasPrefix("group-")
    case ".yaml": return tables.contains(kind)
    case ".json": return kind == "summary"
    default: return false
    }
  }

  /// Whether the name is the folder's.
  static func isFolder(_ name: String) -> Bool { contains(name) && name.hasPrefix(folder + mark) }
}
