import Support

/// What tests change of a column, which is copied first: others may share it.
package protocol ChangeableColumn: RandomAccessCollection where Index == Int {
  init(_ values: [Element])
}

extension ChangeableColumn {
  package subscript(changing index: Int) -> Element {
    get { self[index] }
    set {
      var values = Array(self)
      values[index] = newValue
      self = Self(values)
    }
  }

  /// Leaves out the last value.
  package mutating func shorten() { self = Self(Array(dropLast())) }
}

extension Column: ChangeableColumn {}
