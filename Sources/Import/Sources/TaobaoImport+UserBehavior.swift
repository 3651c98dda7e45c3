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
    _ progress: @escaping ImportProgress
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
    var (outside, otherCategory) = (0, 0)
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      let action = try action(fields[behaviour])
      guard let timestamp = try timestamp(fields[time], in: period) else {
        outside += 1
        return
      }
      try table.check(fields[category])
      let row = try log.append(
        user: fields[user], item: fields[item], timestamp: timestamp, outcome: action.rawValue)
      if !table.set(row, ifNew: fields[category]) { otherCategory += 1 }
    }
    provenance.add(lines)
    provenance.settings["rows_outside_days"] = "\(outside)"
    provenance.settings["rows_with_another_category"] = "\(otherCategory)"
    try note(outside: outside, of: path, days, isAll: log.count == 0, progress)
    if otherCategory > 0 {
      progress(.note("\(otherCategory) rows give an item another category than its first row; that stands"))
    }
  }
}
