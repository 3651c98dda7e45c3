import Support

/// Records that are JSON objects.
extension RecordReader {
  func scan(_ line: Line) throws(MalformedLine) {
    seenKeys.begin()
    recordLists.update(repeating: .absent, count: names.count)
    var scanner = try ObjectScanner(line)
    try scan(&scanner, keys)
    try scanner.finish()
    seenKeys.keep()
    for slot in names.indices {
      let list = recordLists[slot]
      set(list.count == 1 ? values.pointer[list.start] : Bytes(start: nil, count: 0), slot)
    }
  }

  /// Takes the values of the object entered last.
  private func scan(_ scanner: inout ObjectScanner, _ keys: ObjectKeys) throws(MalformedLine) {
    while let key = try scanner.nextKey() {
      if keys === self.keys { seenKeys.add(key) }
      let (slot, inner) = keys.find(key)
      if let inner, scanner.enterObject() {
        try scan(&scanner, inner)
      } else if let slot {
        try take(&scanner, slot)
      } else {
        try scanner.skip()
      }
    }
  }

  private func take(_ scanner: inout ObjectScanner, _ slot: Int) throws(MalformedLine) {
    let (start, isList) = (values.count, try scanner.enterList())
    if isList {
      while try scanner.nextElement() {
        if try scanner.enterList() {
          while try scanner.nextElement() { try append(&scanner, slot) }
        } else {
          try append(&scanner, slot)
        }
      }
    } else {
      try append(&scanner, slot)
    }
    recordLists[slot] = ValueList(start: start, count: values.count - start, isList: isList)
    wereSeen[slot] = true
  }

  /// Adds the next value, unless it is null or no single value.
  private func append(_ scanner: inout ObjectScanner, _ slot: Int) throws(MalformedLine) {
    if scanner.atString {
      values.append(try scanner.string(""))
      return
    }
    guard let word = try scanner.word() else {
      lose(.notASingleValue(field: names[slot]), at: place)
      return
    }
    if !word.isNothing { values.append(word) }
  }

  func accountKeys() throws(ImportError) {
    if let slot = wereSeen.firstIndex(of: false) {
      throw .missingColumn(file: lines.path, [names[slot]], ColumnList(allNames, .keys), namedBy[slot])
    }
    lines.account.usedColumns = names
    let used = Set(names.map { $0.prefix { $0 != "." } }).union(names.map { $0[...] })
    lines.account.unusedColumns = allNames.filter { !used.contains($0[...]) }
  }
}
