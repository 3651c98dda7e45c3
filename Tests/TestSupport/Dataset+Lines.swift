import IO
import Support

extension Dataset {
  /// One line per user: `id: item@timestamp=label ... | train | test`, a sample as `item#eventPosition=label`;
  /// where events have actions, their codes in place of their labels.
  package var lines: [String] {
    (0..<users.count).map { user in
      let history = (Int(users.eventOffsets[user])..<Int(users.eventOffsets[user + 1])).map {
        "\(items.id[Int(events.item[$0])])@\(events.timestamp[$0])=\((events.action ?? events.label)[$0])"
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
      let rows = Int(items.categoryOffsets[item])..<Int(items.categoryOffsets[item + 1])
      return ([items.id[item] + ":"] + rows.map { categories[Int(items.categories[$0])] })
        .joined(separator: " ")
    }
  }
}
