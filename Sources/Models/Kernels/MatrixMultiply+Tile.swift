/// The left operand of a product: element (i, p) lies at `start[i * perRow + p * perTerm]`.
struct Operand {
  var start: UnsafePointer<Float>
  var perRow: Int
  var perTerm: Int
}

/// What the elements of a product are added to: those at `values`, one row every `stride`, or zeros.
struct Origin {
  var values: UnsafePointer<Float>?
  var stride: Int

  @inline(__always)
  init(_ start: MatrixMultiply.Start, _ c: MutableMatrixView) {
    switch start {
    case .zero: (values, stride) = (nil, 0)
    case .sum: (values, stride) = (UnsafePointer(c.values), c.stride)
    case .row(let row): (values, stride) = (row, 0)
    }
  }
}

extension MatrixMultiply {
  /// Computes columns `column ..< column + width` of c for all rows.
  @inline(__always)
  static func rows<L: Lanes>(
    _ lanes: L.Type, _ a: Operand, _ b: MatrixView, _ c: MutableMatrixView, _ column: Int, _ width: Int,
    _ start: Origin
  ) {
    var row = 0
    while row < c.rows {
      let count = min(L.rows, c.rows - row)
      let left = Operand(start: a.start + row &* a.perRow, perRow: a.perRow, perTerm: a.perTerm)
      let result = c.values + (row &* c.stride &+ column)
      var origin = start
      origin.values = start.values.map { $0 + (row &* start.stride &+ column) }
      let right = b.values + column
      if count == L.rows, width == L.count {
        tile(lanes, L.rows, b.rows, left, right, b.stride, result, c.stride, L.count, origin)
      } else {
        tile(lanes, count, b.rows, left, right, b.stride, result, c.stride, width, origin)
      }
      row += count
    }
  }

  /// `count` rows of c, 1 to `L.rows`, from k terms. The rest of these are computed as copies of the last row and not
  /// stored.
  @inline(__always)
  private static func tile<L: Lanes>(
    _ lanes: L.Type, _ count: Int, _ k: Int, _ a: Operand, _ b: UnsafePointer<Float>, _ bStride: Int,
    _ c: UnsafeMutablePointer<Float>, _ cStride: Int, _ width: Int, _ start: Origin
  ) {
    @inline(__always) func place(_ i: Int, _ stride: Int) -> Int { min(i, count &- 1) &* stride }
    @inline(__always) func begin(_ i: Int) -> L {
      start.values.map { L($0 + place(i, start.stride), width) } ?? L(repeating: 0)
    }
    @inline(__always) func end(_ i: Int, _ sums: L) {
      if i < count { sums.store(c + i &* cStride, width) }
    }
    var (c0, c1, c2, c3, c4, c5) = (begin(0), begin(1), begin(2), begin(3), begin(4), begin(5))
    // Two pointers with two distances each: from one pointer the six rows would be reached by a chain of additions, which
    // takes as long as the arithmetic.
    var left = a.start
    var low = a.start + place(3, a.perRow)
    let (a1, a2) = (place(1, a.perRow), place(2, a.perRow))
    let (a4, a5) = (place(4, a.perRow) &- place(3, a.perRow), place(5, a.perRow) &- place(3, a.perRow))
    var right = b
    for _ in 0..<k {
      let x = L(right, width)
      c0 = c0.adding(left[0], x)
      c1 = c1.adding(left[a1], x)
      c2 = c2.adding(left[a2], x)
      c3 = c3.adding(low[0], x)
      if L.rows > 4 {
        c4 = c4.adding(low[a4], x)
        c5 = c5.adding(low[a5], x)
      }
      left += a.perTerm
      low += a.perTerm
      right += bStride
    }
    end(0, c0)
    end(1, c1)
    end(2, c2)
    end(3, c3)
    if L.rows > 4 {
      end(4, c4)
      end(5, c5)
    }
  }
}
