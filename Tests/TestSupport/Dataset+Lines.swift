import IO
import Support

extension Dataset {
  /// One line per user: `id: item@timestamp=label ... | train | test`, a sample as `item#eventPosition=label`;
  /// where events have actions, their codes in place of their labels.
  package var lines: [String] {
    (0..<users.count).map { user in
      let history = (Int(users.eventOffsets[user])..<Int(users.eventOffsets[user + 1])).map { row in
        "\(items.id[Int(events.item[row])])@\(events.timestamp[row])=\((actionCodes.map { Int($0[row]) } ?? Int(events.label[row])))"
      }
      return ([users.id[user] + ":"] + history + ["|"] + text(train, user) + ["|"] + text(test, user))
        .joined(separator: " ")
    }
  }

  private func text(_ samples: Samples, _ user: Int) -> [String] {
    samples.rows(ofUser: user).map {
      "\(items.id[Int(samples.item[$0])])#\(samples.eventPosition[$0])=\(samples.label[$0])"
    }
  }

  /// One line per item: `id: category category ...`.
  package var itemLines: [String] {
    (0..<items.count).map { item in
      let rows = Int(categoryOffsets[item])..<Int(categoryOffsets[item + 1])
      return ([items.id[item] + ":"] + rows.map { categoryNames[Int(itemCategories[$0])] })
        .joined(separator: " ")
    }
  }
}
