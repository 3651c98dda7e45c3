/// The mean of a table's rows, which stands for values that no sample has.
enum MeanRow {
  /// Writes to `mean` [width] the mean of the first `rows` rows of `table` [.. x width], summed in double precision; zero
  /// where there are none.
  static func write(
    of table: UnsafePointer<Float>, rows: Int, width: Int, to mean: UnsafeMutablePointer<Float>
  ) {
    var sums = [Double](repeating: 0, count: width)
    add(0..<rows, of: table, width: width, to: &sums)
    write(sums, of: rows, to: mean)
  }

  /// Adds rows of `table` to `sums` [width], one after the other.
  static func add(_ rows: Range<Int>, of table: UnsafePointer<Float>, width: Int, to sums: inout [Double]) {
    for row in rows {
      for column in 0..<width { sums[column] += Double(table[row * width + column]) }
    }
  }

  /// Writes to `mean` what the sums over so many `rows` make.
  static func write(_ sums: [Double], of rows: Int, to mean: UnsafeMutablePointer<Float>) {
    for (column, sum) in sums.enumerated() { mean[column] = rows == 0 ? 0 : Float(sum / Double(rows)) }
  }
}
