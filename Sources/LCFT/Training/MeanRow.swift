/// The mean of a table's rows, which stands for values that no sample has.
enum MeanRow {
  /// Writes to `mean` [width] the mean of the first `rows` rows of `table` [.. x width], summed in double precision; zero
  /// where there are none.
  static func write(
    of table: UnsafePointer<Float>, rows: Int, width: Int, to mean: UnsafeMutablePointer<Float>
  ) {
    for column in 0..<width {
      var sum = 0.0
      for row in 0..<rows { sum += Double(table[row * width + column]) }
      mean[column] = rows == 0 ? 0 : Float(sum / Double(rows))
    }
  }
}
