import Support

/// A log's users in runs, whose rows are few enough to be worked on in memory where large columns lie in files, and to
/// be counted in 32 bits.
struct UserRuns {
  /// [runs + 1] the first user of each run.
  private(set) var users = [0]
  /// [runs + 1] the first row of each run, where rows stand run after run.
  private(set) var rows = [0]

  var count: Int { users.count - 1 }

  /// - Parameters:
  ///   - offsets: [users + 1] where each user's rows begin, where they stand user after user.
  ///   - rowBytes: what is looked up in any order of a row.
  init(_ offsets: Column<Int64>, rowBytes: Int) {
    let all = offsets.count - 1
    var limit = Int(Int32.max)
    if let spill = Spill.current { limit = min(limit, max(1, spill.workingBytes / rowBytes)) }
    for user in 1..<max(all, 1) where Int(offsets[user + 1]) - rows[rows.count - 1] > limit {
      users.append(user)
      rows.append(Int(offsets[user]))
    }
    users.append(all)
    rows.append(Int(offsets[all]))
  }

  /// The users and the rows of each run.
  var all: [(users: Range<Int>, rows: Range<Int>)] {
    (0..<count).map { (users[$0]..<users[$0 + 1], rows[$0]..<rows[$0 + 1]) }
  }

  /// `origins` of rows that stand user after user, of which each user's begin at `offsets`.
  func records(_ origins: Column<Int32>, _ offsets: Column<Int64>) -> RecordRows {
    RecordRows(origins, runs: (0..<count).map { (end: Int(offsets[users[$0 + 1]]), first: rows[$0]) })
  }
}

/// Puts the rows of a log in the order of runs of users; the rows of a run keep theirs.
struct RowOrder {
  /// [rows] by the order of the log.
  private let user: UnsafePointer<Int32>
  let count: Int
  private let runs: UserRuns
  /// The run of each user.
  private let run: [Int32]

  /// - Parameter user: each row's; valid as long as this is used.
  init(_ user: UnsafePointer<Int32>, count: Int, _ runs: UserRuns) {
    self.user = user
    self.count = count
    self.runs = runs
    run = (0..<runs.count).flatMap { index in
      repeatElement(Int32(index), count: runs.users[index + 1] - runs.users[index])
    }
  }

  /// Calls `body` with each row's place, in the order of the log.
  /// - Parameter bytesPerRow: what `body` looks at.
  @inline(__always)
  func forEach(bytesPerRow: Int, _ body: (_ row: Int, _ place: Int) -> Void) {
    var next = runs.rows
    next.withUnsafeMutableBufferPointer { next in
      run.withUnsafeBufferPointer { run in
        for rows in Pieces(count, bytesPerRow: MemoryLayout<Int32>.stride + bytesPerRow) {
          for row in rows {
            let index = Int(run[Int(user[row])])
            body(row, next[index])
            next[index] += 1
          }
        }
      }
    }
  }

  /// The values of all rows, `width` each; `missing` for the rows that `source` does not have.
  func arranged<Value>(
    _ source: borrowing GrowableBuffer<Value>, width: Int = 1, missing: Value
  ) throws(ImportError) -> GrowableBuffer<Value> {
    var result = GrowableBuffer<Value>()
    let target = result.appendUninitialized(count * width)
    try checkMemory()
    let (values, known) = (source.pointer, source.count / max(width, 1))
    forEach(bytesPerRow: 2 * width * MemoryLayout<Value>.stride) { row, place in
      if row < known {
        (target + place * width).update(from: values + row * width, count: width)
      } else {
        (target + place * width).update(repeating: missing, count: width)
      }
    }
    return result
  }
}

/// Rows of the log that come from one file, `file` in the order of the account.
struct FileRows {
  var file: Int
  var rows: Range<Int>
}

extension RowOrder {
  /// Where the rows of `parts`, which are in the order of the log, are then: in each run they follow each other.
  func arranged(_ parts: [FileRows]) -> [FileRows] {
    var next = runs.rows
    var (arranged, last) = ([[FileRows]](repeating: [], count: runs.count), 0)
    func pass(_ rows: Range<Int>) {
      for piece in Pieces(rows.count, bytesPerRow: MemoryLayout<Int32>.stride) {
        for row in piece { next[Int(run[Int(user[rows.lowerBound + row])])] += 1 }
      }
    }
    for part in parts {
      // Rows that come from no file.
      pass(last..<part.rows.lowerBound)
      let before = next
      pass(part.rows)
      for index in 0..<runs.count where next[index] > before[index] {
        arranged[index].append(FileRows(file: part.file, rows: before[index]..<next[index]))
      }
      last = part.rows.upperBound
    }
    return arranged.flatMap(\.self)
  }
}

/// Throws where the bound of the import's memory cannot be kept.
package func checkMemory() throws(ImportError) {
  do throws(SpillError) { try Spill.check() } catch { throw .memory(error) }
}
