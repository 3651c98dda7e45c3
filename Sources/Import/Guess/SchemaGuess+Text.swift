import IO
import Support

/// The schema as text.
extension SchemaGuess {
  /// The schema as YAML that `Schema.parse` takes, with remarks on what is not sure.
  package var text: String {
    var lines = [
      "# A first schema: look at every line, then: lcft import table --schema THIS --output D.h5",
      "# Paths of files are relative to the folder of the schema.",
    ]
    for table in [log] + entities.map(\.table) where table.rows == 0 {
      lines.append("# \(yaml(table.path)) has no rows: what its columns hold is not known.")
    }
    lines.append("log:")
    lines.append("  files: [\(logFiles.map(yaml).joined(separator: ", "))]")
    lines += form(log)
    lines.append("  user: \(yaml(user.name))\(user.remark)")
    lines.append("  item: \(yaml(item.name))\(item.remark)")
    lines.append(timeLine)
    var used = [user.name, item.name, time.name]
    let label = self.label
    lines.append(label.line)
    if let column = label.column { used.append(column) }
    lines += logFeatures(except: used)
    for (owner, table, key, isSure) in entities {
      lines.append("\(owner.rawValue):" + (isSure ? "" : "  # a guess: users or items?"))
      lines.append("  file: \(yaml(table.path))")
      lines += form(table)
      lines.append("  key: \(yaml(key))")
      var names: Set<String> = []
      let features = table.columns.filter { $0.name != key }.map { column in
        feature(column, "    ", besides: &names)
          + (LogColumns.isLikeLabel(column.name) || column.isMean
            ? "  # over which samples? those of the test tell" : "")
      }
      lines.append("  features:" + (features.contains { !$0.hasPrefix("    #") } ? "" : " {}"))
      lines += features
      for other in further where other.owner == owner {
        lines.append(
          "  # \(yaml(other.path)) looks like \(owner.rawValue), too: a schema has one file of them, so join both"
        )
      }
    }
    lines.append("split: {fraction: 0.8}  # or {last_days: 2}, or {time: 2014-05-01}")
    return lines.joined(separator: "\n") + "\n"
  }

  private func form(_ table: TableSample) -> [String] {
    guard table.form.format != .jsonl else { return ["  format: jsonl"] }
    let bytes = table.form.delimiter ?? [UInt8(ascii: ",")]
    let name = TableForm.namedDelimiters.first { Array($0.1.utf8) == bytes }?.0
    var lines = ["  delimiter: \(name ?? yaml(String(decoding: bytes, as: UTF8.self)))"]
    if let columns = table.form.columns {
      lines.append(
        "  columns: [\(columns.map(yaml).joined(separator: ", "))]  # a guess: the file has no header")
    }
    return lines
  }

  private var timeLine: String {
    guard let column = log.column(time.name) else { return "  time: \(yaml(time.name))\(time.remark)" }
    if let format = column.compactFormat {
      return "  time: {column: \(yaml(time.name)), format: \"\(format)\"}\(time.remark)"
    }
    if let format = column.timeFormats.first {
      let others = column.timeFormats.dropFirst().map { "\"\($0)\"" }
      return "  time: {column: \(yaml(time.name)), format: \"\(format)\"}"
        + (others.isEmpty ? time.remark : "  # not sure: or \(others.joined(separator: ", "))")
    }
    var unit = "s"
    if column.isDate {
      unit = "iso8601"
    } else if column.highest > 2.6e17 {
      unit = "ns"
    } else if column.highest > 2.6e14 {
      unit = "us"
    } else if column.highest > 2.6e11 {
      unit = "ms"
    }
    return "  time: {column: \(yaml(time.name)), unit: \(unit)}"
      + (column.isTime ? time.remark : "  # not sure: these are no usual times")
  }

  /// The column that says what was only shown and what the user did.
  private var actionColumn: ColumnSample? {
    log.columns.first { $0.actions != nil && ![user.name, item.name, time.name].contains($0.name) }
  }

  private var label: (line: String, column: String?) {
    let taken = [user.name, item.name, time.name]
    if let column = actionColumn, let (exposures, actions) = column.actions {
      let values = actions.map { "\(yaml($0.value)): \($0.action)" }.joined(separator: ", ")
      return (
        "label: {credit: {column: \(yaml(column.name)), exposures: [\(exposures.map(yaml).joined(separator: ", "))], "
          + "actions: {\(values)}, window: day}}  # 1 where an action follows what was shown",
        column.name
      )
    }
    let free = log.columns.filter { !taken.contains($0.name) && $0.mayBeLabel }
    let exact = free.first { ["label", "rating"].contains($0.name.lowercased()) }
    let names = (free.filter(\.isFlag) + free.filter { !$0.isFlag }).map(\.name)
    guard let column = exact ?? LogColumns.label(among: names).flatMap(log.column) else {
      return ("label: none  # every row is a positive, and negatives are drawn", nil)
    }
    let name = yaml(column.name)
    if column.isFlag && LogColumns.isOpposite(column.name) {
      let values = column.distinct.sorted()
      let positive = values.filter(ColumnSample.isZero).map(yaml)
      let negative = values.filter { !ColumnSample.isZero($0) }.map(yaml)
      return (
        "label: {column: \(name), positive: [\(positive.joined(separator: ", "))], "
          + "negative: [\(negative.joined(separator: ", "))]}  # not sure: by its name the opposite of a label",
        column.name
      )
    }
    if column.isFlag { return ("label: {column: \(name)}", column.name) }
    if let (positive, negative, others) = column.answers {
      return (
        "label: {column: \(name), positive: [\(positive.map(yaml).joined(separator: ", "))], "
          + "negative: [\(negative.map(yaml).joined(separator: ", "))]}"
          + (others.isEmpty ? "" : "  # not sure: what is \(others.map(yaml).joined(separator: " and "))?"),
        column.name
      )
    }
    if column.isNumber {
      let range = "the values run from \(plain(column.lowest)) to \(plain(column.highest))"
      // The middle of the range would leave few positives where there are a few large values.
      // Two digits of it.
      let places = 1 - Int(log10(max(abs(column.mean), 1e-300)).rounded(.down))
      let scale = pow(10, Double(abs(places)))
      let mean =
        places < 0 ? (column.mean / scale).rounded() * scale : (column.mean * scale).rounded() / scale
      let threshold = column.highest <= 5 && column.highest >= 4 ? 4 : mean
      return ("label: {column: \(name), at_least: \(plain(threshold))}  # not sure: \(range)", column.name)
    }
    let values = column.distinct.sorted().prefix(10).map(yaml)
    guard !values.isEmpty else { return ("label: none  # not sure: \(name) has no value", nil) }
    return (
      "label: {column: \(name)}  # name the positive ones, positive: [...]; the values are \(values.joined(separator: ", "))",
      column.name
    )
  }

  private func logFeatures(except used: [String]) -> [String] {
    var shown: [String] = []
    var afterwards: [String] = []
    let addsHour = log.column("hour") == nil && !(log.column(time.name)?.isHour ?? false)
    var names = Set((addsHour ? ["hour"] : []) + (actionColumn == nil ? [] : ["action"]))
    for column in log.columns where !used.contains(column.name) {
      if column.isOtherTime {
        shown.append("  # \(quoted(column.name)): a time, beside the log's")
      } else if LogColumns.mayBeOutcome(column.name) {
        afterwards.append(feature(column, "  ", besides: &names))
      } else {
        shown.append(feature(column, "  ", besides: &names))
      }
    }
    if addsHour {
      shown.append("  hour: {from: time, as: hour}  # of UTC, unless log.time has utc_offset")
    }
    if actionColumn != nil { afterwards.append("  action: {from: label}") }
    func section(_ name: String, _ features: [String], _ remark: String) -> [String] {
      if features.isEmpty { return [] }
      let isEmpty = !features.contains { !$0.hasPrefix("  #") }
      return ["\(name):\(isEmpty ? " {}" : "")  # \(remark)"] + features
    }
    return section("sample_features", shown, "known when the item is shown: move others to event_features")
      + section("event_features", afterwards, "known only afterwards")
  }

  private func feature(_ column: ColumnSample, _ indent: String, besides names: inout Set<String>) -> String {
    if column.present == 0 {
      return "\(indent)# \(quoted(column.name)): no value in the first \(column.rows) rows"
    }
    if column.isUnique && !column.isAmount && column.type != "float" {
      return "\(indent)# \(quoted(column.name)): another value in every row"
    }
    if column.isNearlyUniqueText {
      return "\(indent)# \(quoted(column.name)): texts, another one in nearly every row"
    }
    let key = FeatureRule.name(ofColumn: column.name, besides: &names)
    var words = key == column.name ? [] : ["column: \(yaml(column.name))"]
    if let type = column.type {
      if type == "float" { words.append("kind: numeric") }
      if type == "token_seq" { words.append("list: \" \"") }
      if type == "float_seq" { words.append("kind: vector, width: \(max(column.words, 1)), list: \" \"") }
      return "\(indent)\(yaml(key)): {\(words.joined(separator: ", "))}"
    }
    if let separator = column.separator {
      words.append("list: \"\(separator)\"")
    } else if column.isAmount {
      words.append("kind: numeric")
    }
    var remark = ""
    if column.isNumber && column.distinct.count > 20 && !column.hasFractions {
      let kind = column.isAmount ? "amounts or names (kind: categorical)" : "names or amounts (kind: numeric)"
      remark = "  # not sure: whole numbers, \(kind)?"
    }
    return "\(indent)\(yaml(key)): {\(words.joined(separator: ", "))}\(remark)"
  }
}

/// `text` as a YAML scalar: plain where that is read as the same text.
func yaml(_ text: String) -> String {
  let isPlain =
    text.first.map { $0.isASCII && ($0.isLetter || $0 == "_" || $0 == "/") } ?? false
    && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-./".contains($0)) }
    && !["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(text.lowercased())
  if isPlain { return text }
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\t": result += "\\t"
    default:
      result +=
        scalar.value < 0x20
        ? "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16) : String(scalar)
    }
  }
  return result + "\""
}
