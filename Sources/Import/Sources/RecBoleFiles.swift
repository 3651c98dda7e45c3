import Foundation
import IO
import Support

/// RecBole's atomic files: `NAME.inter` and, if there, `NAME.user` and `NAME.item`, separated by tabs, whose headers
/// say the type of each column (`age:token`, `class:token_seq`, `price:float`, `image:float_seq`).
package struct RecBoleFiles {
  private let interactions: String
  private let users: String?
  private let items: String?

  /// - Parameter path: a folder with one `.inter`, or the files' path without the ending.
  package init(_ path: String) throws(ImportError) {
    var prefix = path
    var status = stat()
    if stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR {
      let names: [String]
      do throws(SystemError) { names = try FileStatus.names(in: path) } catch {
        guard case .failed(_, _, let code) = error else { throw .noAtomicFiles(path: path, count: 0) }
        throw .cannotOpen(file: path, code: code)
      }
      let logs = names.filter { $0.hasSuffix(".inter") || $0.hasSuffix(".inter.gz") }
      guard logs.count == 1 else { throw .noAtomicFiles(path: path, count: logs.count) }
      if let end = logs[0].range(of: ".inter") { prefix = path + "/" + logs[0][..<end.lowerBound] }
    }
    func file(_ ending: String) -> String? {
      [prefix + ending, prefix + ending + ".gz"].first(where: FileBytes.exists)
    }
    guard let log = file(".inter") else { throw .noAtomicFiles(path: path, count: 0) }
    (interactions, users, items) = (log, file(".user"), file(".item"))
  }

  /// The schema that the headers say.
  /// - Parameters:
  ///   - names: the column of the label or of the rating, or that every row is a positive; where it says nothing, the
  ///     column `label` or a rating is taken. A column that looks like a label and is not taken is refused.
  ///   - threshold: the lowest rating whose label is 1, where there is no column `label`.
  ///   - afterwards: columns of the interactions that are known only afterwards, beside those whose names say so.
  package func schema(
    _ names: LogColumns.Names = LogColumns.Names(), threshold: Double? = nil, afterwards: [String] = []
  ) throws(ImportError) -> Schema {
    let columns = try Columns(interactions)
    let time = try columns.required(UsualColumns.times)
    var schema = Schema(
      log: .init(
        files: [interactions], user: try columns.required(UsualColumns.users),
        item: try columns.required(UsualColumns.items), time: .init(column: time)))
    schema.kind = "recbole"
    schema.log.form = form
    var used = [schema.log.user, schema.log.item, time]
    schema.label = try label(columns, names, threshold: threshold, besides: used)
    try ColumnList.checkRoles(
      [(schema.log.user, "user"), (schema.log.item, "item"), (time, "time")]
        + schema.label.columns.map { ($0, "label") }, in: interactions)
    used += schema.label.columns
    for name in afterwards { _ = try columns.required([name], option: "--afterwards") }
    for column in columns.all where !used.contains(column.name) {
      if afterwards.contains(column.name) || LogColumns.isLikeOutcome(column.name) {
        schema.eventFeatures.append(column.rule(.events))
      } else {
        schema.sampleFeatures.append(column.rule(.samples))
      }
    }
    schema.users = try entities(users, .users, UsualColumns.users)
    schema.items = try entities(items, .items, UsualColumns.items)
    schema.words = .init(
      threshold: "--threshold", notRated: "label.not_rated of a schema (lcft import table)", timeUnit: nil,
      advice: advice(schema.label))
    return schema
  }

  private func label(
    _ columns: Columns, _ names: LogColumns.Names, threshold: Double?, besides used: [String]
  ) throws(ImportError) -> Schema.Label {
    if let name = names.label {
      return .values(
        column: try columns.required([name], option: "--label-column"), positive: [], negative: [])
    }
    if let name = names.rating {
      let rating = try columns.required([name], option: "--rating-column")
      return .threshold(columns: [rating], atLeast: threshold, notRated: [])
    }
    if names.allPositive { return .none }
    if threshold == nil, let label = try columns.find(["label"]) {
      return .values(column: label, positive: [], negative: [])
    }
    if let rating = try columns.find(["rating", "stars", "score"]) {
      return .threshold(columns: [rating], atLeast: threshold, notRated: [])
    }
    let free = columns.all.map(\.name).filter { !used.contains($0) }
    try LogColumns.refuseUnused(free, in: interactions)
    return .none
  }

  private func advice(_ label: Schema.Label) -> ImportAdvice {
    var advice = ImportAdvice(labels: "give another --label-column, or --rating-column with --threshold")
    if case .threshold = label { advice.labels = "give another --threshold" }
    if label == .none { advice.labels = "give --label-column or --rating-column" }
    advice.leftOut = "correct the file, or the types in its header"
    advice.categories = "leave the column out of the file"
    advice.missing = "leave the column out of the file"
    advice.negatives = "give a log of more items"
    advice.fewItems = advice.negatives
    return advice
  }

  private func entities(
    _ file: String?, _ owner: FeatureOwner, _ names: [String]
  ) throws(ImportError) -> Schema.Entities? {
    guard let file else { return nil }
    let columns = try Columns(file)
    var entities = Schema.Entities(file: file, key: try columns.required(names))
    entities.form = form
    entities.features = columns.all.filter { $0.name != entities.key }.map { $0.rule(owner) }
    return entities
  }

  private var form: TableForm {
    var form = TableForm()
    form.format = .csv
    form.delimiter = [UInt8(ascii: "\t")]
    form.quotes = false
    return form
  }

  /// A column by its name and type, and how many numbers its first field with any has.
  private struct TypedColumn {
    let name: String
    let type: Substring
    /// The feature's name.
    let key: String
    var width = 0

    func rule(_ owner: FeatureOwner) -> FeatureRule {
      let kind: FeatureRule.Kind
      switch type {
      case "float": kind = .numeric([])
      case "float_seq": kind = .vector(.list(width: max(width, 1), separator: [UInt8(ascii: " ")]))
      default:
        var rule = FeatureRule.Categorical(
          vocabulary: "\(owner.rawValue)_\(key)", table: "\(owner.rawValue)_\(key)")
        if type == "token_seq" { rule.separator = [UInt8(ascii: " ")] }
        kind = .categorical(rule)
      }
      return FeatureRule(key, .column(name), kind)
    }
  }

  /// The typed columns of one file.
  private struct Columns {
    /// Rows in which a vector is looked for.
    private static let mostRows = 10_000

    let file: String
    private(set) var all: [TypedColumn] = []
    private let columns: ColumnList

    init(_ file: String) throws(ImportError) {
      try FileBytes.checkIsKept(file)
      self.file = file
      let reader = try LineReader(path: file)
      guard let first = try reader.next() else { throw .noHeader(file: file) }
      let text = Bytes(first).excerpt(200)
      let header = Columns.fields(first)
      for field in header {
        let parts = field.split(separator: ":")
        guard parts.count > 1, !CSVHeader.atomicTypes.contains(String(parts[1])) else { continue }
        throw .unknownType(file: file, column: String(parts[0]), type: String(parts[1].prefix(40)))
      }
      var keys: Set<String> = []
      for field in header {
        let parts = field.split(separator: ":")
        let name = parts.first.map(String.init) ?? ""
        all.append(
          TypedColumn(
            name: name, type: parts.count > 1 ? parts[1] : "token",
            key: FeatureRule.name(ofColumn: name, besides: &keys)))
      }
      columns = ColumnList(all.map(\.name), .header(text: text, delimiter: [UInt8(ascii: "\t")]))
      try findWidths(reader)
    }

    /// Takes the width of each vector from the first row that has one.
    private mutating func findWidths(_ reader: LineReader) throws(ImportError) {
      var open = all.indices.filter { all[$0].type == "float_seq" }
      for _ in 0..<Columns.mostRows where !open.isEmpty {
        guard let line = try reader.next() else { return }
        let fields = Columns.fields(line)
        for index in open where index < fields.count {
          all[index].width = fields[index].split(separator: " ").count
        }
        open.removeAll { all[$0].width > 0 }
      }
    }

    private static func fields(_ line: Line) -> [Substring] {
      String(decoding: line, as: UTF8.self).split(separator: "\t", omittingEmptySubsequences: false)
    }

    func find(_ names: [String]) throws(ImportError) -> String? {
      try columns.index(names, in: file).map { all[$0].name }
    }

    func required(_ names: [String], option: String? = nil) throws(ImportError) -> String {
      if let name = try find(names) { return name }
      throw .missingColumn(file: file, names, columns, option)
    }
  }
}
