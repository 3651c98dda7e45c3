import Support

extension FeatureColumn {
  /// The rows of the vocabulary, and where each row's begin if a row has a list of them.
  package var codes: (offsets: Column<Int64>?, values: Column<Int32>) {
    switch self {
    case .values(let values): (nil, values)
    case .lists(let offsets, let values): (offsets, values)
    case .numbers: preconditionFailure("a categorical feature")
    }
  }

  /// The same column over another vocabulary, in which value v has row `rows[v]`. Numbers stay as they are.
  package func renumbered(_ rows: Column<Int32>) -> FeatureColumn {
    switch self {
    case .values(let values): .values(values.renumbered(rows))
    case .lists(let offsets, let values): .lists(offsets: offsets, values: values.renumbered(rows))
    case .numbers: self
    }
  }
}

extension Features {
  /// Renumbers all columns over the vocabulary `name`: value v becomes `rows[v]`.
  package mutating func renumber(_ name: String, _ rows: Column<Int32>) {
    for owner in FeatureOwner.allCases {
      for index in self[owner].indices where self[owner][index].categorical?.vocabulary == name {
        self[owner][index].columns = self[owner][index].columns.map { $0.renumbered(rows) }
      }
    }
  }
}

extension Column<Int32> {
  /// `rows[v]` for each value v, and -1 for -1.
  package func renumbered(_ rows: Column<Int32>) -> Column<Int32> {
    let places = rows.pointer
    return withExtendedLifetime(rows) { map { $0 < 0 ? -1 : places[Int($0)] } }
  }
}

extension StringColumn {
  /// The strings of `rows`, in their order, as wide as the longest of them.
  package func selected(_ rows: some Collection<Int>) -> StringColumn {
    withExtendedLifetime(bytes) {
      let longest = rows.reduce(1) { max($0, bytes(ofRow: $1).count) }
      var rest = rows.makeIterator()
      return StringColumn(count: rows.count, width: longest) { _, target in
        guard let row = rest.next() else { return 0 }
        let text = bytes(ofRow: row)
        target.update(from: text.baseAddress!, count: text.count)
        return text.count
      }
    }
  }
}
