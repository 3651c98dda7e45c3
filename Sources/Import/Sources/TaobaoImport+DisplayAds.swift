import IO
import Support

extension TaobaoImport {
  /// The columns of the files in their order, by the names that they have in the public files and copies.
  private static let sampleColumns = [
    ["user", "userid", "user_id"], ["time_stamp", "timestamp"], ["adgroup_id"], ["pid"], ["nonclk"], ["clk"],
  ]
  private static let adColumns = [
    ["adgroup_id"], ["cate_id", "cate"], ["campaign_id"], ["customer"], ["brand"], ["price"],
  ]
  private static let behaviourColumns = [
    ["user", "userid", "user_id"], ["time_stamp", "timestamp"], ["btag"], ["cate", "cate_id"], ["brand"],
  ]

  /// Impressions: exposures, and clicks where clk is 1.
  static func readRawSample(
    _ path: String, _ options: Options, _ days: ClosedRange<CalendarDay>, _ log: inout InteractionLog,
    _ provenance: inout Dataset.Provenance, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = CSVFields()
    let header = try CSVHeader(lines, &fields, orInOrder: sampleColumns)
    let user = try header.required(sampleColumns[0])
    let time = try header.required(sampleColumns[1])
    let ad = try header.required(sampleColumns[2])
    let click = try header.required(sampleColumns[5])
    let period = days.timestamps(offset: offset)
    var outside = 0
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      let clicked = try InteractionLog.label(fields[click])
      guard let timestamp = try timestamp(fields[time], in: period) else {
        outside += 1
        return
      }
      let action = clicked == 1 ? Dataset.Action.click : .exposure
      try log.append(user: fields[user], item: fields[ad], timestamp: timestamp, outcome: action.rawValue)
    }
    provenance.add(lines)
    provenance.settings["rows_outside_days"] = "\(outside)"
    try note(outside: outside, of: path, days, isAll: log.count == 0, progress)
  }

  /// Actions on goods that are no ads. Rows of users without an impression are left out.
  static func readBehaviorLog(
    _ path: String, _ options: Options, _ days: ClosedRange<CalendarDay>, _ log: inout InteractionLog,
    _ table: inout CategoryTable, _ provenance: inout Dataset.Provenance,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = CSVFields()
    let header = try CSVHeader(lines, &fields, orInOrder: behaviourColumns)
    let user = try header.required(behaviourColumns[0])
    let time = try header.required(behaviourColumns[1])
    let behaviour = try header.required(behaviourColumns[2])
    let category = try header.required(behaviourColumns[3])
    let brand = try header.required(behaviourColumns[4])
    let period = days.timestamps(offset: offset, earlier: options.historyDays)
    var (outside, views, strangers) = (0, 0, 0)
    var name = GrowableBuffer<UInt8>()
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      let action = try action(fields[behaviour])
      if action == .exposure {
        views += 1
        return
      }
      guard let timestamp = try timestamp(fields[time], in: period) else {
        outside += 1
        return
      }
      guard log.users.find(fields[user]) != nil else {
        strangers += 1
        return
      }
      if fields[brand].count == 0 { throw .emptyField("brand") }
      try table.check(fields[category])
      name.removeAll()
      name.append("cate:")
      name.append(contentsOf: fields[category])
      name.append("/brand:")
      name.append(contentsOf: fields[brand])
      let row = try log.append(
        user: fields[user], item: Bytes(start: name.pointer, count: name.count), timestamp: timestamp,
        outcome: action.rawValue)
      _ = table.set(row, ifNew: fields[category])
    }
    provenance.add(lines)
    provenance.settings["history_days"] = "\(options.historyDays)"
    provenance.settings["behavior_log_rows_outside_days"] = "\(outside)"
    provenance.settings["behavior_log_page_views_left_out"] = "\(views)"
    provenance.settings["behavior_log_rows_of_other_users"] = "\(strangers)"
    try note(outside: outside, of: path, days, isAll: false, progress)
    progress(
      .note("left out of \(path): \(views) page views, \(strangers) actions of users without an impression"))
  }

  /// The categories of the ads that are part of the log.
  static func readAdFeature(
    _ path: String, _ options: Options, _ items: borrowing IdentifierTable, _ table: inout CategoryTable,
    _ provenance: inout Dataset.Provenance, _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = CSVFields()
    let header = try CSVHeader(lines, &fields, orInOrder: adColumns)
    let ad = try header.required(adColumns[0])
    let category = try header.required(adColumns[1])
    table.cover(items: items.count)
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      if fields[ad].count == 0 { throw .emptyField("adgroup_id") }
      guard let row = items.find(fields[ad]) else { return }
      if table.has(row) { throw .repeated("ad \(fields[ad].excerpt)") }
      try table.check(fields[category])
      _ = table.set(row, ifNew: fields[category])
    }
    provenance.add(lines)
  }
}

extension GrowableBuffer<UInt8> {
  fileprivate mutating func append(_ text: StaticString) {
    append(contentsOf: Bytes(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
