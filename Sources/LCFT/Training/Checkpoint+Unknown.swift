import IO
import Models

extension Checkpoint {
  /// This checkpoint for tables with `rowCounts`, by `RowSpace.index`, of which those of users and items may have one row
  /// more than the stored ones: that of all users or items that the model does not know. It is the mean of the others, as
  /// that of unknown values is where no training sample has one.
  package func addingUnknownRows(_ layout: ModelLayout, rowCounts: [Int]) -> Checkpoint {
    var longer = self
    for table in layout.tables where table.space == .user || table.space == .item {
      guard let place = embeddings.firstIndex(where: { $0.name == table.name }) else { continue }
      let (tensor, rows) = (embeddings[place], rowCounts[table.space.index])
      guard tensor.shape == [rows - 1, table.width], rows > 1 else { continue }
      var mean = [Float](repeating: 0, count: table.width)
      for column in 0..<table.width {
        var sum = 0.0
        for row in 0..<rows - 1 { sum += Double(tensor.values[row * table.width + column]) }
        mean[column] = Float(sum / Double(rows - 1))
      }
      longer.embeddings[place] = NamedTensor(
        name: tensor.name, shape: [rows, table.width], values: tensor.values + mean)
    }
    return longer
  }
}
