/// The schemas of `schemas/`, in the program, so that an installed one has them: their texts are those of the files.
package enum ShippedSchema {
  /// By the file's name without `.yaml`.
  package static var texts: [String: String] {
    movieLensTexts.merging(amazonTexts) { $1 }.merging(clickTexts) { $1 }.merging(videoTexts) { $1 }
  }

  /// The schema `name`, which is one of them.
  static func named(_ name: String) -> Schema {
    // The texts are part of the program, and tests read each.
    guard let text = texts[name], let schema = try? Schema.parse(text, file: "schemas/\(name).yaml") else {
      preconditionFailure("there is no schema \(name)")
    }
    return schema
  }
}
