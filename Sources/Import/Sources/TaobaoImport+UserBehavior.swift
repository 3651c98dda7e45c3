import IO

extension TaobaoImport {
  /// The columns of UserBehavior.csv in their order, by the names that copies with a header give them.
  private static let columns = [
    ["user", "user_id", "userid"], ["item", "item_id", "itemid"], ["category", "category_id", "categoryid"],
    ["behaviour", "behavior", "behavior_type", "type"], ["timestamp", "time_stamp", "ts"],
  ]

  static func readUserBehavior(
    _ path: String, _ options: Options, _ days: ClosedRange<CalendarDay>, _ log: inout InteractionLog,
    _ table: inout CategoryTable, _ provenance: inout Dataset.Provenance,
    _ account: inout ImportAccount, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = CSVFields()
    let header = try CSVHeader(lines, &fields, orInOrder: columns)
    let user = try header.required(columns[0])
    let item = try header.required(columns[1])
    let category = try header.required(columns[2])
    let behaviour = try header.required(columns[3])
    let time = try header.required(columns[4])
    let period = days.timestamps(offset: offset)
    header.account([user, item, category, behaviour, time], in: lines)
    var times = TimeReader(field: "timestamp", unit: .seconds)
    var (outside, otherCategory) = (LineTally(), LineTally())
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      let action = try action(fields[behaviour])
      guard let timestamp = try timestamp(fields[time], &times, in: period) else {
        outside.add(at: lines.number)
        return
      }
      let row = try log.append(
        user: fields[user], item: fields[item], timestamp: timestamp, outcome: action.rawValue)
      let name = fields[category].trimmed
      do throws(MalformedLine) { try table.check(name) } catch {
        lines.lose(error)
        return
      }
      if !table.set(row, ifNew: name) { otherCategory.add(at: lines.number) }
    }
    try leaveOut(outside: outside, lines, days, isAll: log.count == 0)
    lines.account.lose(
      "another category than in the item's first row, which stands", count: otherCategory.count,
      line: otherCategory.line)
    account.fractionalTimes += times.fractions
    account.add(lines, &provenance)
    provenance.settings["rows_outside_days"] = "\(outside.count)"
    provenance.settings["rows_with_another_category"] = "\(otherCategory.count)"
  }
}
