import IO
import Support

/// The file of a `KnownTable`, whose columns have been found.
struct OpenTable {
  let reader: RecordReader
  let known: KnownFeatures
  let features: FeatureSet
  let times: TimeReader
  /// The columns that there are.
  let slots: (user: Int?, item: Int?, time: Int?, label: Int?, drawn: Int?)
  /// Where the table is about one user and no column of users was found: those of which nothing is made, one of which may
  /// be it.
  let unused: [(name: String, slot: Int)]

  init(
    _ text: String, knownAs path: String, _ columns: KnownTable.Columns, _ features: Features,
    _ owners: [FeatureOwner], _ utcOffset: Int64
  ) throws(ImportError) {
    let roles = OpenTable.roles(columns)
    let file = try FileColumns(text, orInOrder: roles.filter { $0.need == .required }.map(\.names))
    var found: [String?] = []
    for role in roles {
      let name = role.need == .none ? nil : try file.find(role.names)
      if name == nil, role.need == .required || (role.need == .optional && role.mustBeThere) {
        throw .missingColumn(file: path, role.names, file.columns, role.option)
      }
      found.append(name)
    }
    let named = zip(found, ["user", "item", "time", "label"]).compactMap { name, what in
      name.map { ($0, what) }
    }
    try ColumnList.checkRoles(named, in: path)
    let known = try KnownFeatures(features, of: owners, columns.reading, hasTimes: found[2] != nil) {
      name throws(ImportError) in try file.find([name])
    }
    self.known = known
    let drawn = try file.find(["drawn"])
    let used = Set(
      found.compactMap(\.self) + known.rules.flatMap(\.rule.columns) + [drawn].compactMap(\.self))
    let others = file.names.filter { !$0.isEmpty && !used.contains($0) }
    if columns.label.need == .optional, found[3] == nil {
      let known = features.namesOfSamplesAndEvents
      for name in others where LogColumns.isLikeLabel(name) && !known.contains(name) {
        throw .unreadLabel(file: path, column: name)
      }
    }
    var set = FeatureSet(known.rules, known: features.vocabularies, utcOffset: utcOffset)
    func slot(_ name: String?) -> Int? { name.map { set.log.slot($0) } }
    slots = (slot(found[0]), slot(found[1]), slot(found[2]), slot(found[3]), slot(drawn))
    let isOfOne = columns.onlyUser != nil && found[0] == nil
    // Of objects only what may be a user: other keys may hold anything.
    let likely = file.form.format == .jsonl ? others.filter(LogColumns.isLikeUser) : others
    unused = isOfOne ? likely.map { ($0, set.log.slot($0)) } : []
    self.features = set
    reader = try RecordReader(
      text, knownAs: path, columns.reading.form(file.form), set.log, malformed: columns.malformed
    ) { _ in }
    reader.lines.account.guesses += file.guesses + [columns.reading.problem].compactMap(\.self)
    times = OpenTable.times(found[2], columns, file, reader, utcOffset)
  }

  private typealias Role = (need: KnownTable.Need, names: [String], option: String, mustBeThere: Bool)

  /// What is looked for: the names that options give, or else that of the log's column and the usual ones.
  private static func roles(
    _ columns: KnownTable.Columns
  ) -> [Role] {
    let reading = columns.reading
    // A session is no user, unless the log's users are sessions.
    let users = UsualColumns.users.filter { columns.onlyUser == nil || $0 != "session_id" }
    func role(
      _ column: (need: KnownTable.Need, name: String?), _ known: String?, _ usual: [String], _ option: String
    ) -> Role {
      let names = column.name.map { [$0] } ?? [known].compactMap(\.self) + usual
      // Of a user's files not all need have the columns of users and labels that one of them has.
      return (column.need, names, option, column.name != nil && option == "--timestamp-column")
    }
    return [
      role(columns.user, reading.user, users, "--user-column"),
      role(columns.item, reading.item, UsualColumns.items, "--item-column"),
      role(columns.time, reading.time?.column, UsualColumns.times, "--timestamp-column"),
      role(columns.label, nil, ["label", "click", "clicked"], "--label-column"),
    ]
  }

  /// Reads times as the option says, or else as those of the log.
  private static func times(
    _ column: String?, _ columns: KnownTable.Columns, _ file: FileColumns, _ reader: RecordReader,
    _ utcOffset: Int64
  ) -> TimeReader {
    var (unit, format) = (columns.timeUnit, TimeFormat?.none)
    // Scores that were written have seconds, whatever the log has.
    let areScores = ["method", "logit", "probability"].allSatisfy(file.names.contains)
    if column != nil, unit == nil, !areScores, let time = columns.reading.time {
      (unit, format) = (time.unit, time.format)
      if let words = format.map({ "in the format \($0.text)" }) ?? unit?.name {
        reader.lines.account.guesses.append(
          "times are \(words), as the log's are (--time-unit says otherwise)")
      }
    }
    return TimeReader(field: column ?? "time", unit: unit, format: format, utcOffset: utcOffset)
  }
}

extension Features {
  /// The names of features of samples and events, and of the columns that they were imported from.
  fileprivate var namesOfSamplesAndEvents: Set<String> {
    var names: Set<String> = []
    for feature in self[.samples] + self[.events] {
      names.insert(feature.name)
      if let colon = feature.source.firstRange(of: ": ") {
        names.insert(String(feature.source[colon.upperBound...]))
      }
    }
    return names
  }
}
