import HDF5
import Support

/// Pairs in HDF5: the group `/pairs`, or `/predictions`, or else the root has a column for each thing that is known of
/// them. Columns are strings, integers or reals of one dimension; a vector is [pairs, width], and a list the group
/// `NAME` with `offsets` [pairs + 1] and `values`.
package enum PairColumns {
  /// Whether the file `path` is HDF5, by its first bytes.
  package static func isHDF5(_ path: String) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: signature.count)
    return pread(descriptor, &bytes, bytes.count, 0) == bytes.count && bytes == signature
  }

  /// The columns of the file `path` as separated values with a header, values of lists and vectors between bars. Throws
  /// a file error.
  package static func csv(_ path: String) throws -> String {
    let file = try StoredFile.open(path)
    let root = try file.root()
    for name in ["pairs", "predictions"] where try root.contains(name) {
      return try csv(of: root.group(name))
    }
    return try csv(of: root)
  }

  private static func csv(of group: borrowing HDF5.Group) throws -> String {
    var columns: [(name: String, texts: [String])] = []
    for name in try group.members() {
      let texts = try texts(of: name, group)
      if let first = columns.first, first.texts.count != texts.count {
        throw HDF5Error.wrongShape(
          group.location.appending(name), expected: "\(first.texts.count) rows, as \(first.name) has",
          found: ["\(texts.count)"])
      }
      columns.append((name, texts))
    }
    guard let count = columns.first?.texts.count else {
      throw HDF5Error.missing(group.location, what: "columns of pairs")
    }
    var text = columns.map { field($0.name) }.joined(separator: ",") + "\n"
    for row in 0..<count {
      text += columns.map { field($0.texts[row]) }.joined(separator: ",") + "\n"
    }
    return text
  }

  private static func texts(of name: String, _ group: borrowing HDF5.Group) throws -> [String] {
    if try group.kind(of: name) == .group {
      let list = try group.group(name)
      let offsets = try list.dataset("offsets").array(of: Int64.self)
      let values = try texts(of: "values", list)
      guard offsets.first == 0, offsets.last == Int64(values.count),
        zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
      else {
        throw HDF5Error.wrongShape(
          list.location.appending("offsets"), expected: "rising values from 0 to \(values.count)",
          found: ["\(offsets.count)"])
      }
      return zip(offsets, offsets.dropFirst()).map { values[Int($0)..<Int($1)].joined(separator: "|") }
    }
    let dataset = try group.dataset(name)
    let shape = try dataset.shape()
    guard (1...2).contains(shape.count) else {
      throw HDF5Error.wrongShape(dataset.location, expected: "[pairs]", found: shape.map { "\($0)" })
    }
    switch dataset.type {
    case .fixedString, .variableString:
      let strings = try dataset.strings()
      return (0..<strings.count).map { strings[$0] }
    case .integer, .enumeration: return joined(try dataset.array(of: Int64.self).map { "\($0)" }, shape)
    case .real(let bits, _):
      // A number of 32 bits has fewer digits as such.
      return bits <= 32
        ? joined(try dataset.array(of: Float.self).map(number), shape)
        : joined(try dataset.array(of: Double.self).map(number), shape)
    default:
      throw HDF5Error.wrongType(dataset.location, expected: "strings or numbers", found: dataset.type.name)
    }
  }

  /// NaN is no number.
  private static func number<T: BinaryFloatingPoint & LosslessStringConvertible>(_ value: T) -> String {
    value.isNaN ? "" : "\(value)"
  }

  private static func joined(_ values: [String], _ shape: [Int]) -> [String] {
    guard shape.count == 2 else { return values }
    return (0..<shape[0]).map { values[$0 * shape[1]..<($0 + 1) * shape[1]].joined(separator: "|") }
  }

  private static func field(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
}
