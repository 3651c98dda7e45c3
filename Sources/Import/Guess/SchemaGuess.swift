import IO
import Support

/// A first schema for some files, to be looked at and corrected: the log, and files of users and items.
package struct SchemaGuess {
  let log: TableSample
  private(set) var logFiles: [String]
  private(set) var entities: [(owner: FeatureOwner, table: TableSample, key: String, isSure: Bool)] = []
  /// Files that look like another one of the same owner's, of which a schema has one.
  private(set) var further: [(owner: FeatureOwner, path: String)] = []
  private(set) var user = Guess("user")
  private(set) var item = Guess("item")
  private(set) var time = Guess("timestamp")

  /// What a log must have, by what the column is called where it has none.
  private enum Key: String {
    case user, item, timestamp
  }

  /// A column, and whether its name says what it is.
  struct Guess {
    var name: String
    var isSure = true
    /// Whether the log has no column that could be it; `name` is what it would be called.
    var isMissing = false
    init(_ name: String) { self.name = name }
    var remark: String {
      if isMissing { return "  # no column looks like this: a log needs one" }
      return isSure ? "" : "  # a guess: no column has a name that is known"
    }
  }

  /// Looks at the first rows of `files`, the log first. Throws what reading them throws.
  package init(_ files: [String]) throws(ImportError) {
    log = try TableSample(files[0])
    logFiles = [files[0]]
    guessKeys()
    for path in files.dropFirst() {
      let table = try TableSample(
        path, isLog: false,
        ids: (log.column(user.name)?.distinct ?? []).union(log.column(item.name)?.distinct ?? []))
      // Columns are found by name, in any order, where the file has names.
      let (names, others) = (table.columns.map(\.name), log.columns.map(\.name))
      if names == others || (table.hasNames && log.hasNames && Set(names) == Set(others)) {
        logFiles.append(path)
      } else {
        add(entity(table))
      }
    }
  }

  /// Of two files of one owner the one that is surely its stands, or else the first.
  private mutating func add(_ entity: (owner: FeatureOwner, table: TableSample, key: String, isSure: Bool)) {
    guard let index = entities.firstIndex(where: { $0.owner == entity.owner }) else {
      entities.append(entity)
      return
    }
    let isBetter = entity.isSure && !entities[index].isSure
    further.append((entity.owner, (isBetter ? entities[index] : entity).table.path))
    if isBetter { entities[index] = entity }
  }

  private mutating func guessKeys() {
    time = guess(
      .timestamp, UsualColumns.times + ["t"], parts: ["timestamp", "date_time", "event_time"],
      or: { $0.isTime || $0.isHour || $0.isDay },
      taken: [])
    if !time.isSure, let hour = log.columns.first(where: \.isHour) { time.name = hour.name }
    // By its name alone, where the values tell nothing.
    let words: Set<Substring> = ["time", "date", "timestamp", "datetime", "at"]
    if time.isMissing,
      let column = log.columns.first(where: { column in
        let last = column.name.lowercased().split { !$0.isLetter }.last
        return last.map(words.contains) ?? false && !column.isFlag && !LogColumns.mayBeOutcome(column.name)
      })
    {
      (time.name, time.isMissing) = (column.name, false)
    }
    user = guess(
      .user, UsualColumns.users + ["u"], parts: LogColumns.userWords + ["device"], or: { !$0.hasFractions },
      taken: [time.name])
    item = guess(
      .item, UsualColumns.items + ["i"],
      parts: ["item", "sku", "product", "movie", "article", "ad_", "creative"],
      or: {
        $0.distinct.count > 20 && !$0.hasFractions && !$0.isDate && $0.timeFormats.isEmpty
          && $0.actions == nil
      },
      taken: [time.name, user.name])
  }

  private func guess(
    _ key: Key, _ names: [String], parts: [String], or isLikely: (ColumnSample) -> Bool,
    taken: [String]
  ) -> Guess {
    if let name = log.find(names), !taken.contains(name) { return Guess(name) }
    // What goes by the name of another key, or looks like the label, is that.
    let free = log.columns.filter {
      !taken.contains($0.name) && !UsualColumns.contains($0.name)
        && !["u", "i", "t"].contains($0.name.lowercased())
        && !($0.mayBeLabel && LogColumns.isLikeLabel($0.name))
    }
    var guess = Guess("")
    guess.isSure = false
    let byPart = free.first { column in parts.contains { column.name.lowercased().contains($0) } }
    // Of times the first, of users and items one that comes again.
    let isTime = key == .timestamp
    let likely =
      free.first { isLikely($0) && (isTime || !$0.isUnique) && !$0.isFlag } ?? free.first(where: isLikely)
    guard let column = byPart ?? likely ?? (isTime ? nil : free.first) else {
      (guess.name, guess.isMissing) = (key.rawValue, true)
      return guess
    }
    guess.name = column.name
    return guess
  }

  /// Whether `table` is of users or items, and its column of identifiers.
  private func entity(_ table: TableSample) -> (FeatureOwner, TableSample, String, Bool) {
    let file = table.path.lowercased().split(separator: "/").last.map(String.init) ?? ""
    if table.hasNames {
      if let key = table.find([item.name] + UsualColumns.items) { return (.items, table, key, true) }
      if let key = table.find([user.name] + UsualColumns.users) { return (.users, table, key, true) }
    }
    let key = table.find(["id", "key"]) ?? table.columns[0].name
    let isUsers = (LogColumns.userWords + ["profile"]).contains { file.contains($0) }
    let isItems = ["item", "sku", "product", "movie", "article", "meta", "ad_", "book"].contains {
      file.contains($0)
    }
    if isUsers != isItems { return (isUsers ? .users : .items, table, key, true) }
    let values = table.column(key)?.distinct ?? []
    let users = values.intersection(log.column(user.name)?.distinct ?? []).count
    let items = values.intersection(log.column(item.name)?.distinct ?? []).count
    return (users > items ? .users : .items, table, key, false)
  }
}
