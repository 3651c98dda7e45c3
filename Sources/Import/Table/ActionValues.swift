import IO
import Support

/// What the values of a column say that a user did.
struct ActionValues {
  private let values: [(spelling: [UInt8], code: UInt8)]
  /// Values whose rows are left out.
  private let ignored: [[UInt8]]

  init(_ credit: Schema.Credit) {
    values =
      credit.exposures.map { (Array($0.utf8), Dataset.Action.exposure.rawValue) }
      + credit.actions.map { (Array($0.value.utf8), $0.action.rawValue) }
    ignored = []
  }

  init(_ action: Schema.Action) {
    values = action.values.map { (Array($0.value.utf8), $0.action.rawValue) }
    ignored = action.ignored.map { Array($0.utf8) }
  }

  /// The raw value of the `Dataset.Action` that `spelling` says; nil where such rows are left out.
  @inline(__always)
  func code(of spelling: Bytes, _ field: String) throws(MalformedLine) -> UInt8? {
    let text = spelling.trimmed
    for value in values where text.elementsEqual(value.spelling) { return value.code }
    for value in ignored where text.elementsEqual(value) { return nil }
    throw .outOfRange(field: field, text: spelling.excerpt, allowed: allowed)
  }

  private var allowed: String {
    let names = (values.map(\.spelling) + ignored).map { String(decoding: $0, as: UTF8.self) }
    return names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "") + (names.last ?? "")
  }
}
