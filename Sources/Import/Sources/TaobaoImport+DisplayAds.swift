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
    _ provenance: inout Dataset.Provenance, _ account: inout ImportAccount,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = CSVFields()
    let header = try CSVHeader(lines, &fields, orInOrder: sampleColumns)
    let user = try header.required(sampleColumns[0])
    let time = try header.required(sampleColumns[1])
    let ad = try header.required(sampleColumns[2])
    let click = try header.required(sampleColumns[5])
    header.account([user, time, ad, click], in: lines)
    let period = days.timestamps(offset: offset)
    var times = TimeReader(field: "timestamp", unit: .seconds)
    var outside = LineTally()
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      let clicked = try InteractionLog.label(fields[click])
      guard let timestamp = try timestamp(fields[time], &times, in: period) else {
        outside.add(at: lines.number)
        return
      }
      let action = clicked == 1 ? Dataset.Action.click : .exposure
      try log.append(user: fields[user], item: fields[ad], timestamp: timestamp, outcome: action.rawValue)
    }
    try leaveOut(outside: outside, lines, days, isAll: log.count == 0)
    account.fractionalTimes += times.fractions
    account.add(lines, &provenance)
    provenance.settings["rows_outside_days"] = "\(outside.count)"
  }

  /// Actions on goods that are no ads. Rows of users without an impression are left out.
  static func readBehaviorLog(
    _ path: String, _ options: Options, _ days: ClosedRange<CalendarDay>, _ log: inout InteractionLog,
    _ table: inout CategoryTable, _ provenance: inout Dataset.Provenance,
    _ account: inout ImportAccount, _ progress: @escaping ImportProgress
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
    header.account([user, time, behaviour, category, brand], in: lines)
    var times = TimeReader(field: "timestamp", unit: .seconds)
    var (outside, views, strangers) = (LineTally(), LineTally(), LineTally())
    var name = GrowableBuffer<UInt8>()
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      let action = try action(fields[behaviour])
      if action == .exposure {
        views.add(at: lines.number)
        return
      }
      guard let timestamp = try timestamp(fields[time], &times, in: period) else {
        outside.add(at: lines.number)
        return
      }
      guard log.users.find(fields[user].trimmed) != nil else {
        strangers.add(at: lines.number)
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
    lines.leaveOut("a page view, which shows no ad", views)
    lines.leaveOut("an action of a user without an impression", strangers)
    try leaveOut(outside: outside, lines, days, isAll: false)
    account.fractionalTimes += times.fractions
    account.add(lines, &provenance)
    provenance.settings["history_days"] = "\(options.historyDays)"
    provenance.settings["behavior_log_rows_outside_days"] = "\(outside.count)"
    provenance.settings["behavior_log_page_views_left_out"] = "\(views.count)"
    provenance.settings["behavior_log_rows_of_other_users"] = "\(strangers.count)"
  }

  /// The categories of the ads that are part of the log.
  static func readAdFeature(
    _ path: String, _ options: Options, _ items: borrowing IdentifierTable, _ table: inout CategoryTable,
    _ provenance: inout Dataset.Provenance, _ account: inout ImportAccount,
    _ progress: @escaping ImportProgress
  ) throws(ImportError) {
    let lines = try SourceLines(path: path, malformed: options.malformed, progress: progress)
    var fields = CSVFields()
    let header = try CSVHeader(lines, &fields, orInOrder: adColumns)
    let ad = try header.required(adColumns[0])
    let category = try header.required(adColumns[1])
    header.account([ad, category], in: lines)
    table.cover(items: items.count)
    var others = LineTally()
    try lines.readAll { line throws(MalformedLine) in
      try fields.split(line, expecting: header.fieldCount)
      let id = fields[ad].trimmed
      if id.count == 0 { throw .emptyField("adgroup_id") }
      guard let row = items.find(id) else {
        others.add(at: lines.number)
        return
      }
      if table.has(row) { throw .repeated("ad \(id.excerpt)") }
      let name = fields[category].trimmed
      do throws(MalformedLine) { try table.check(name) } catch {
        lines.lose(error)
        return
      }
      _ = table.set(row, ifNew: name)
    }
    lines.leaveOut("the ad has no impression", others)
    account.add(lines, &provenance)
  }
}

extension GrowableBuffer<UInt8> {
  fileprivate mutating func append(_ text: StaticString) {
    append(contentsOf: Bytes(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
