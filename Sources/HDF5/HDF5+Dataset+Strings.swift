import CHDF5
import Support

extension HDF5.Group {
  /// Writes a column of strings of one width, UTF-8 padded with NUL.
  package func write(_ name: String, _ strings: StringColumn, description: String) throws {
    let type = try HDF5.Datatype.string(bytes: strings.width, location)
    let dataset = try HDF5.Dataset.make(
      in: self, name, shape: [strings.count], datatype: type.raw, description: description)
    try withExtendedLifetime(strings) {
      try dataset.write(
        UnsafeRawBufferPointer(strings.bytes.values), elementSize: strings.width, memoryType: type.raw, nil)
    }
    try dataset.close()
  }

  /// Writes `text`, of any length, as a scalar.
  package func write(_ name: String, text: String, description: String) throws {
    var bytes = Array(text.utf8)
    guard !bytes.contains(0) else {
      throw HDF5Error.invalidValue(
        location.appending(name), row: 0, value: text, allowed: "text without NUL")
    }
    if bytes.isEmpty { bytes.append(0) }
    let type = try HDF5.Datatype.string(bytes: bytes.count, location)
    let dataset = try HDF5.Dataset.make(
      in: self, name, shape: [], datatype: type.raw, description: description)
    try bytes.withUnsafeBytes { bytes in
      try dataset.write(bytes, elementSize: bytes.count, memoryType: type.raw, nil)
    }
    try dataset.close()
  }
}

extension HDF5.Dataset {
  /// The strings of a data set of one dimension, of fixed or variable length, UTF-8 or ASCII, in `memory`: all of them, or
  /// none yet. Those of variable length are always read.
  package func strings(
    in memory: any MemorySource = OwnMemory(), _ which: HDF5.WhichValues = .all
  ) throws -> StringColumn {
    let count = try columnCount()
    try checkStoredSize()
    switch type {
    case .fixedString(let width, let utf8):
      let column = StringColumn(width: width, bytes: try Column<UInt8>(count * width, in: memory))
      if which == .all { try read(into: column, rows: 0..<count, utf8: utf8) }
      return column
    case .variableString(let utf8):
      return try variableStrings(count: count, utf8: utf8, in: memory)
    default:
      throw HDF5Error.wrongType(location, expected: "strings", found: type.name)
    }
  }

  /// Whether rows can be read by themselves: strings of one width.
  package var hasFixedWidth: Bool { if case .fixedString = type { true } else { false } }

  /// Reads `rows` to their place in `column`, where that does not have them yet. Throws `HDF5Error.wrongShape` where the
  /// data set has another size.
  package func read(into column: StringColumn, rows: Range<Int>) throws {
    guard case .fixedString(let width, let utf8) = type else { return }
    guard try columnCount() == column.count, width == column.width else {
      throw HDF5Error.wrongShape(
        location, expected: "\(column.count) strings of \(column.width) bytes",
        found: try shape().map { "\($0)" })
    }
    try read(into: column, rows: rows, utf8: utf8)
  }

  private func read(into column: StringColumn, rows: Range<Int>, utf8: Bool) throws {
    guard !rows.isEmpty, let start = column.bytes.values.baseAddress else { return }
    let memoryType = try HDF5.Datatype.string(bytes: column.width, utf8: utf8, location)
    try transfer(rows, memoryType: memoryType.raw, start + rows.lowerBound * column.width)
    withExtendedLifetime(column) {}
  }

  /// The string of a scalar data set (or of one with a single value), of fixed or variable length.
  package func text() throws -> String {
    guard try shape().reduce(1, *) == 1 else {
      throw HDF5Error.wrongShape(location, expected: "one string", found: try shape().map { "\($0)" })
    }
    try checkStoredSize()
    switch type {
    case .fixedString(let width, let utf8):
      let memoryType = try HDF5.Datatype.string(bytes: width, utf8: utf8, location)
      let bytes = Column<UInt8>(uninitialized: width)
      try transfer(0..<1, memoryType: memoryType.raw, bytes.values.baseAddress!)
      return StringColumn(width: width, bytes: bytes)[0]
    case .variableString(let utf8):
      return try variableStrings(count: 1, utf8: utf8, in: OwnMemory())[0]
    default:
      throw HDF5Error.wrongType(location, expected: "a string", found: type.name)
    }
  }

  /// Reads strings of variable length piece by piece, since the library allocates each of them.
  private func variableStrings(count: Int, utf8: Bool, in memory: any MemorySource) throws -> StringColumn {
    let memoryType = try HDF5.Datatype.string(bytes: nil, utf8: utf8, location)
    let typeRaw = memoryType.raw
    var text: [UInt8] = []
    var ends: [Int] = []
    ends.reserveCapacity(count)
    var width = 1
    let pieceRows = max(try chunk()?.first ?? 1, 64 << 10)
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: min(count, pieceRows))
    for start in stride(from: 0, to: count, by: pieceRows) {
      let rows = start..<min(start + pieceRows, count)
      try pointers.withUnsafeMutableBufferPointer { pointers in
        try transfer(rows, memoryType: typeRaw, pointers.baseAddress!)
        for index in 0..<rows.count {
          let length = pointers[index].map { strlen($0) } ?? 0
          if let pointer = pointers[index] {
            text.append(contentsOf: UnsafeRawBufferPointer(start: pointer, count: length))
          }
          ends.append(text.count)
          width = max(width, length)
        }
        let space = try HDF5.Dataspace(shape: [rows.count], location)
        let spaceRaw = space.raw
        try HDF5.call("free strings", location) {
          lcft_h5_reclaim(typeRaw, spaceRaw, pointers.baseAddress)
        }
      }
    }
    // One overlong value widens the whole column.
    let (size, overflow) = width.multipliedReportingOverflow(by: count)
    guard !overflow, size <= max(64 << 20, 1032 * (try fileSize())) else {
      throw HDF5Error.tooLarge(location, declared: overflow ? .max : size, stored: text.count)
    }
    let bytes = try Column<UInt8>(size, in: memory)
    var begin = 0
    for (row, end) in ends.enumerated() {
      for index in begin..<end { bytes.values[row * width + index - begin] = text[index] }
      begin = end
    }
    return StringColumn(width: width, bytes: bytes)
  }
}
