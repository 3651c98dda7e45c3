import CHDF5
import Support

// Reading.
extension HDF5.Dataset {
  /// Reads `rows` of the first dimension (all rows where nil) into `buffer`, row-major.
  ///
  /// Integers are read from any stored integer type and reals from any stored real type; an integer that
  /// does not fit is an error and never clipped. `buffer` must hold exactly the rows' values and may lie in
  /// anybody's memory.
  ///
  /// Throws `HDF5Error.wrongType`, `.tooLarge`, `.invalidValue`, `.library`.
  package func read<T: HDF5.Scalar>(into buffer: UnsafeMutableBufferPointer<T>, rows: Range<Int>? = nil)
    throws
  {
    try checkType(T.self)
    try checkStoredSize()
    try readChecked(into: buffer, rows: rows)
  }

  /// As `read(into:rows:)`, of a data set that has passed `checkStoredSize`.
  func readRows<T: HDF5.Scalar>(into buffer: UnsafeMutableBufferPointer<T>, _ rows: Range<Int>) throws {
    try checkType(T.self)
    try readChecked(into: buffer, rows: rows)
  }

  private func readChecked<T: HDF5.Scalar>(
    into buffer: UnsafeMutableBufferPointer<T>, rows: Range<Int>?
  ) throws {
    let shape = try shape()
    let all = 0..<(shape.first ?? 1)
    let rows = rows ?? all
    let width = shape.dropFirst().reduce(1, *)
    precondition(rows.lowerBound >= 0 && rows.upperBound <= all.upperBound, "rows lie in the data set")
    precondition(buffer.count == rows.count * width, "a buffer holds exactly the rows' values")
    guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
    if T.holds(type) {
      try transfer(rows, memoryType: T.memoryType, base)
    } else {
      try readNarrowing(rows, width: width, into: base)
    }
  }

  /// The values of a data set of one dimension, as a column in `memory`; `values` is as below.
  package func column<T: HDF5.Scalar>(
    of type: T.Type, in memory: any MemorySource = OwnMemory(), values: HDF5.WhichValues = .all
  ) throws -> Column<T> {
    _ = try columnCount()
    return try self.values(in: memory, values)
  }

  /// The values of a data set of any shape, row-major, as a column in `memory`: all of them, or none yet.
  package func values<T: HDF5.Scalar>(
    in memory: any MemorySource = OwnMemory(), _ which: HDF5.WhichValues = .all
  ) throws -> Column<T> {
    try checkType(T.self)
    try checkStoredSize()
    let column = try Column<T>(try shape().reduce(1, *), in: memory)
    if which == .all { try readChecked(into: column.values, rows: nil) }
    return column
  }

  /// Reads `rows` of the first dimension to their place in `column`, which has room for all rows. Throws
  /// `HDF5Error.wrongShape` where the data set has another size.
  package func read<T: HDF5.Scalar>(into column: Column<T>, rows: Range<Int>) throws {
    let shape = try shape()
    guard shape.reduce(1, *) == column.count else {
      throw HDF5Error.wrongShape(
        location, expected: "\(column.count) values", found: shape.map { "\($0)" })
    }
    let width = shape.dropFirst().reduce(1, *)
    try read(
      into: UnsafeMutableBufferPointer(
        rebasing: column.values[rows.lowerBound * width..<rows.upperBound * width]), rows: rows)
    withExtendedLifetime(column) {}
  }

  /// All values, row-major, of a data set of any shape.
  package func array<T: HDF5.Scalar>(of type: T.Type) throws -> [T] {
    try checkType(T.self)
    try checkStoredSize()
    let count = try shape().reduce(1, *)
    return try [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      try readChecked(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]), rows: nil)
      initialized = count
    }
  }

  private func checkType<T: HDF5.Scalar>(_: T.Type) throws {
    let matches =
      if T.self is any HDF5.IntegerScalar.Type {
        // Wider ones would be clipped.
        type.integer.map { $0.bits <= 64 } ?? false
      } else if case .real = type {
        true
      } else {
        false
      }
    guard matches else { throw HDF5Error.wrongType(location, expected: T.typeName, found: type.name) }
  }

  /// Reads values of a wider type piece by piece and narrows them with a check.
  private func readNarrowing<T: HDF5.Scalar>(
    _ rows: Range<Int>, width: Int, into base: UnsafeMutablePointer<T>
  ) throws {
    // Whole chunks at a time, since a chunk is inflated anew for every piece of it.
    let pieceRows = max(try chunk()?.first ?? 1, (64 << 10) / max(width, 1), 1)
    let piece = Column<UInt64>(uninitialized: min(pieceRows, rows.count) * width)
    let bytes = UnsafeMutableRawBufferPointer(piece.values)
    for start in stride(from: rows.lowerBound, to: rows.upperBound, by: pieceRows) {
      let part = start..<min(start + pieceRows, rows.upperBound)
      let wide: HDF5.WideValues
      switch type.integer?.signed {
      case true?: wide = .signed(try read(part, width: width, through: bytes))
      case false?: wide = .unsigned(try read(part, width: width, through: bytes))
      case nil: wide = .reals(try read(part, width: width, through: bytes))
      }
      if let misfit = T.narrow(wide, to: base + (start - rows.lowerBound) * width) {
        throw HDF5Error.invalidValue(
          location, row: start + misfit / width, value: wide.text(at: misfit),
          allowed: "the values must fit \(T.typeName)")
      }
    }
    withExtendedLifetime(piece) {}
  }

  private func read<Wide: HDF5.Scalar>(
    _ rows: Range<Int>, width: Int, through bytes: UnsafeMutableRawBufferPointer
  ) throws -> UnsafeBufferPointer<Wide> {
    let values = bytes.bindMemory(to: Wide.self)
    try transfer(rows, memoryType: Wide.memoryType, values.baseAddress!)
    return UnsafeBufferPointer(rebasing: values[..<(rows.count * width)])
  }
}

// Writing.
extension HDF5.Dataset {
  /// Writes `values`, row-major, to `rows` of the first dimension (all rows where nil).
  package func write<T: HDF5.Scalar>(_ values: UnsafeBufferPointer<T>, rows: Range<Int>? = nil) throws {
    try write(
      UnsafeRawBufferPointer(values), elementSize: MemoryLayout<T>.size, memoryType: T.memoryType, rows)
  }
}

extension HDF5.Group {
  /// Makes the data set `name` of `shape`, to be written piece by piece.
  package func makeDataset<T: HDF5.Scalar>(
    _ name: String, of type: T.Type, shape: [Int], description: String
  ) throws -> HDF5.Dataset {
    try HDF5.Dataset.make(
      in: self, name, shape: shape, datatype: T.fileType, description: description)
  }

  /// Writes the data set `name` of `shape` (one dimension where nil).
  package func write<T: HDF5.Scalar>(
    _ name: String, _ values: UnsafeBufferPointer<T>, shape: [Int]? = nil, description: String
  ) throws {
    let dataset = try makeDataset(
      name, of: T.self, shape: shape ?? [values.count], description: description)
    try dataset.write(values)
    try dataset.close()
  }

  package func write<T: HDF5.Scalar>(_ name: String, _ column: Column<T>, description: String) throws {
    try withExtendedLifetime(column) {
      try write(name, UnsafeBufferPointer(column.values), description: description)
    }
  }

  package func write<T: HDF5.Scalar>(_ name: String, _ values: [T], description: String) throws {
    try values.withUnsafeBufferPointer { try write(name, $0, description: description) }
  }
}

extension HDF5.Dataset {
  /// Closes the data set. Throws where its last chunks could not be written.
  package consuming func close() throws { try identifier.close("close the data set", location) }
}

extension HDF5.WideValues {
  fileprivate func text(at index: Int) -> String {
    switch self {
    case .signed(let values): "\(values[index])"
    case .unsigned(let values): "\(values[index])"
    case .reals(let values): "\(values[index])"
    }
  }
}

extension HDF5.Group {
  /// The column `name` of `count` values, as a column in memory.
  package func column<T: HDF5.Scalar>(_ name: String, count: Int) throws -> Column<T> {
    let dataset = try dataset(name)
    try dataset.checkCount(count)
    return try dataset.column(of: T.self)
  }

  /// The same as an array.
  package func array<T: HDF5.Scalar>(
    _ name: String, of type: T.Type = T.self, count: Int
  ) throws -> [T] {
    let dataset = try dataset(name)
    try dataset.checkCount(count)
    return try dataset.array(of: type)
  }
}
