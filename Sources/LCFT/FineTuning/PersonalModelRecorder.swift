import IO
import Models

/// Keeps the fine-tuned models of chosen users, method by method, and hands each user's over when it is
/// whole.
package final class PersonalModelRecorder {
  private let users: Set<Int32>
  private let emit: (PersonalModels.User) throws -> Void
  private var dense: [[Int32]] = []
  private var tables: [[(values: [Float], changed: [Bool])]] = []

  /// `users` are rows of the data set.
  package init(users: Set<Int32>, emit: @escaping (PersonalModels.User) throws -> Void) {
    self.users = users
    self.emit = emit
  }

  /// Takes the model of `user` as it is after one method's fine-tuning.
  func record(_ model: UserModel, user: Int) {
    guard users.contains(Int32(user)) else { return }
    let difference = model.difference()
    dense.append(difference.dense)
    tables.append(difference.tables)
  }

  /// Hands over what was recorded of `user`, in the order of the methods.
  func finish(_ model: UserModel, user: Int) throws {
    guard users.contains(Int32(user)) else { return }
    defer {
      dense.removeAll()
      tables.removeAll()
    }
    var whole = PersonalModels.User(row: Int32(user), dense: dense, rows: [], values: [])
    let count = tables.first?.count ?? 0
    var kept: [[Int]] = []
    for table in 0..<count {
      let rows = model.rows(ofTable: table)
      let changed = rows.indices.filter { row in tables.contains { $0[table].changed[row] } }
      kept.append(changed)
      whole.rows.append(changed.map { rows[$0] })
    }
    whole.values = tables.map { method in
      kept.indices.map { table in
        let values = method[table].values
        let width = method[table].changed.isEmpty ? 0 : values.count / method[table].changed.count
        return kept[table].flatMap { values[$0 * width..<($0 + 1) * width] }
      }
    }
    try emit(whole)
  }
}
