import Support

/// Which columns of a table are the user, the item, the time and the label.
package struct LogColumns {
  /// What the options say; what they do not say is guessed from names that public logs use.
  package struct Names: Equatable, Sendable {
    package var user: String?
    package var item: String?
    package var time: String?
    package var label: String?
    package var rating: String?
    /// Every row is a positive, whatever its columns say.
    package var allPositive = false
    /// The names of all columns of a file without a header.
    package var all: [String]?

    package init() {}
  }

  /// Where a row's label comes from.
  enum Outcome: Equatable {
    case positive
    /// The column of ratings.
    case rating(String)
    /// The column of labels.
    case label(String)
  }

  let user: Int
  let item: Int
  let time: Int
  let outcome: Outcome
  /// Of all columns.
  let names: [String]
  /// Whether the first line names them.
  let hasHeader: Bool

  /// Takes the header of `lines`, if there is one. Throws where a column is missing, named twice, or looks like
  /// a label that nobody uses.
  init(_ lines: SourceLines, _ fields: inout CSVFields, _ names: Names) throws(ImportError) {
    let header: CSVHeader
    (header, hasHeader) = try LogColumns.header(lines, &fields, names)
    self.names = header.names
    user = try header.required(names.user.map { [$0] } ?? UsualColumns.users, option: "--user-column")
    item = try header.required(names.item.map { [$0] } ?? UsualColumns.items, option: "--item-column")
    time = try header.required(names.time.map { [$0] } ?? UsualColumns.times, option: "--timestamp-column")
    outcome = try LogColumns.outcome(header, lines.path, names, others: [user, item, time])
    var roles = [(header.names[user], "user"), (header.names[item], "item"), (header.names[time], "time")]
    switch outcome {
    case .positive: break
    case .rating(let name): roles.append((name, "rating"))
    case .label(let name): roles.append((name, "label"))
    }
    try ColumnList.checkRoles(roles, in: lines.path)
  }

  private static func header(
    _ lines: SourceLines, _ fields: inout CSVFields, _ names: Names
  ) throws(ImportError) -> (CSVHeader, hasHeader: Bool) {
    if let all = names.all { return (try CSVHeader(lines, &fields, without: all), false) }
    if try lines.holdObjects() { throw .objects(file: lines.path) }
    let first = try CSVHeader.peek(lines, &fields).names
    let given = Set([names.user, names.item, names.time, names.label, names.rating].compactMap(\.self))
    let isHeader = first.contains { name in
      UsualColumns.contains(name) || given.contains(name) || isLikeLabel(name)
    }
    if first.isEmpty || isHeader { return (try CSVHeader(lines, &fields), true) }
    guard let usual = UsualColumns.order(ofRow: first) else {
      let line = Array(first.joined(separator: ",").utf8)
      throw .unknownHeader(
        file: lines.path, line: line.withUnsafeBufferPointer(\.excerpt), isOneField: first.count == 1)
    }
    lines.account.guesses.append(
      "no header; the columns are \(usual.joined(separator: ", ")) (--columns says otherwise)")
    return (try CSVHeader(lines, &fields, without: usual), false)
  }

  private static func outcome(
    _ header: CSVHeader, _ file: String, _ names: Names, others: [Int]
  ) throws(ImportError) -> Outcome {
    if let label = names.label, let rating = names.rating {
      throw .conflictingColumns(file: file, first: rating, second: label)
    }
    if let label = names.label {
      return .label(header.names[try header.required([label], option: "--label-column")])
    }
    if let rating = names.rating {
      return .rating(header.names[try header.required([rating], option: "--rating-column")])
    }
    if names.allPositive { return .positive }
    switch (try header.optional("rating"), try header.optional("label")) {
    case (.some, nil): return .rating("rating")
    case (nil, .some): return .label("label")
    case (.some, .some): throw .conflictingColumns(file: file, first: "rating", second: "label")
    case (nil, nil): break
    }
    let free = header.names.indices.filter { !others.contains($0) }.map { header.names[$0] }
    try refuseUnused(free, in: file)
    return .positive
  }
}
