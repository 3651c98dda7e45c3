import HDF5
import Support

/// A tensor of a checkpoint as its file lists it.
package struct TensorOutline: Sendable, Equatable {
  /// The group below the file's root: `dense`, `embeddings`, `optimizer`.
  package let group: String
  /// The name within the group.
  package let name: String
  package let shape: [Int]

  package init(group: String, name: String, shape: [Int]) {
    self.group = group
    self.name = name
    self.shape = shape
  }

  /// Where it lies in the file.
  package var path: String { "/\(group)/\(name)" }
  /// The first dimension, along which a tensor is cut into pieces.
  package var rows: Int { shape.first ?? 1 }
  /// Values of a row.
  package var width: Int { shape.dropFirst().reduce(1, *) }

  /// The rows in runs of some megabytes, each of whole chunks of the file, as tensors are written and read.
  package var pieces: [Range<Int>] {
    let chunk = ChunkShape.chunk(of: shape, elementSize: MemoryLayout<Float>.size)?.first ?? rows
    let chunkBytes = max(chunk * width * MemoryLayout<Float>.size, 1)
    let length = max(chunk * max(1, TensorOutline.pieceBytes / chunkBytes), 1)
    return stride(from: 0, to: rows, by: length).map { $0..<min($0 + length, rows) }
  }

  private static var pieceBytes: Int { 4 << 20 }
}

/// A tensor that is written without being whole in memory.
package struct TensorStream {
  package let outline: TensorOutline
  /// Calls the function with the values of a run of rows, row-major.
  package let withRows: (Range<Int>, (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void

  package init(
    _ outline: TensorOutline,
    withRows: @escaping (Range<Int>, (UnsafeBufferPointer<Float>) throws -> Void) throws -> Void
  ) {
    self.outline = outline
    self.withRows = withRows
  }
}

/// Where the rows of a tensor go that is read.
package struct TensorTarget {
  package let outline: TensorOutline
  /// [rows, width] for all rows.
  package let values: UnsafeMutablePointer<Float>
  /// The rows that are wanted; the others are read for the digest only.
  package let rows: Range<Int>

  package init(_ outline: TensorOutline, _ values: UnsafeMutablePointer<Float>, rows: Range<Int>) {
    self.outline = outline
    self.values = values
    self.rows = rows
  }
}

extension Sequence {
  /// In the order in which digests take tensors: that of the bytes of their paths.
  package func inPathOrder(_ outline: (Element) -> TensorOutline) -> [Element] {
    sorted { outline($0).path.utf8.lexicographicallyPrecedes(outline($1).path.utf8) }
  }
}

extension Checkpoint {
  /// The tensors that the checkpoint has in memory.
  var streams: [TensorStream] {
    [("dense", dense), ("embeddings", embeddings), ("optimizer", optimizer)].flatMap { group, tensors in
      tensors.map { tensor in
        let outline = TensorOutline(group: group, name: tensor.name, shape: tensor.shape)
        return TensorStream(outline) { rows, body in
          try tensor.values.withUnsafeBufferPointer {
            let width = outline.width
            try body(
              UnsafeBufferPointer(rebasing: $0[rows.lowerBound * width..<rows.upperBound * width]))
          }
        }
      }
    }
  }
}
