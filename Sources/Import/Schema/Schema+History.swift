import IO

extension Schema {
  /// A second log with columns of its own, whose rows are events of the first log's users and never samples.
  package struct History: Equatable, Sendable {
    package var files: [String]
    package var form = TableForm()
    package var user: String
    package var item: Item
    package var time: Time
    /// Rows outside these days are left out; nil for none.
    package var days: ClosedRange<CalendarDay>?
    /// Nil where every row is a positive event.
    package var action: Action?
    /// Whether the schema says so, whatever the names of its columns.
    package var isAllPositive = false
    /// The columns of features of items that this log says, by the name of the feature.
    package var itemFeatures: [String: String] = [:]

    package init(files: [String], user: String, item: Item, time: Time) {
      self.files = files
      self.user = user
      self.item = item
      self.time = time
    }
  }

  /// Which rows of a second log are events, and of what.
  package struct Action: Equatable, Sendable {
    package var column: String
    package var values: [NamedAction]
    /// Values whose rows are left out; any other value is malformed.
    package var ignored: [String]
  }

  /// How an identifier is made of columns: `cate:{cate}/brand:{brand}`, or the name of a column alone.
  package struct Item: Equatable, Sendable {
    package enum Part: Equatable, Sendable {
      case text([UInt8])
      case column(String)
    }

    package var parts: [Part]

    /// Nil where a brace is not closed, or holds nothing.
    package init?(_ pattern: String) {
      guard pattern.contains("{") || pattern.contains("}") else {
        parts = [.column(pattern)]
        return
      }
      parts = []
      var rest = pattern[...]
      while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
        guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else { return nil }
        if open > rest.startIndex { parts.append(.text(Array(rest[..<open].utf8))) }
        let name = rest[rest.index(after: open)..<close]
        guard !name.isEmpty, !name.contains("{") else { return nil }
        parts.append(.column(String(name)))
        rest = rest[rest.index(after: close)...]
      }
      if !rest.isEmpty { parts.append(.text(Array(rest.utf8))) }
    }

    /// The same of columns that have other names.
    func renamed(_ names: [String: String]) -> Item {
      var item = self
      item.parts = parts.map { part in
        if case .column(let name) = part, let other = names[name] { .column(other) } else { part }
      }
      return item
    }

    package var columns: [String] {
      parts.compactMap { if case .column(let name) = $0 { name } else { nil } }
    }
  }

  /// What the settings are called where messages name them: keys of a schema, or a command's options.
  package struct Words: Equatable, Sendable {
    var threshold = "label.at_least"
    var notRated = "label.not_rated:"
    var timeUnit: String? = "log.time.unit"
    /// Nil for what a schema's keys are called.
    var advice: ImportAdvice?
  }
}
