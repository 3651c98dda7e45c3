import IO
import Models
import Support

/// One fine-tuned model per group of users with similar local CTRs, as the paper's online test deploys them.
package struct GroupModels: Sendable {
  package let intervals: CTRIntervals
  /// The model of each interval; the cloud model where no user is in it.
  package let weights: [Weights]

  package init(intervals: CTRIntervals, weights: [Weights]) {
    precondition(weights.count == intervals.count, "every group has a model")
    self.intervals = intervals
    self.weights = weights
  }

  package func weights(ofLocalCTR localCTR: Double) -> Weights { weights[intervals.index(of: localCTR)] }
}

/// The users of a data set by groups, as a job asks for them.
package struct UserGroups: Sendable {
  package let intervals: CTRIntervals
  /// By group: the rows of its users, those with training samples.
  package let users: [[Int]]
  /// [users] the labels that stand for a user's samples.
  package let labels: [CorrectedLabels]

  package init(_ grouping: Job.Grouping, of dataset: Dataset) {
    let globalCTR = dataset.globalCTR
    let localCTRs = (0..<dataset.users.count).map(dataset.localCTR(ofUser:))
    intervals =
      grouping.edges.isEmpty
      ? CTRIntervals(quantiles: grouping.quantiles, of: localCTRs.filter { !$0.isNaN })
      : CTRIntervals(edges: grouping.edges)
    var users = [[Int]](repeating: [], count: intervals.count)
    for (user, localCTR) in localCTRs.enumerated() where !localCTR.isNaN {
      users[intervals.index(of: localCTR)].append(user)
    }
    self.users = users
    labels = localCTRs.map {
      $0.isNaN
        ? .plain
        : LabelCorrection.labels(
          grouping.correction, ClickRates(localCTR: $0, globalCTR: globalCTR))
    }
  }

  /// The local CTRs of a group: above the first, up to the second.
  package func bounds(_ group: Int) -> (above: Double, upTo: Double) {
    let edges = intervals.edges
    return (group == 0 ? -1 : edges[group - 1], group == edges.count ? 1 : edges[group])
  }
}

extension Dataset {
  /// This data set with the training samples of `users` alone, whose rows rise; all users keep their rows,
  /// and their events.
  func training(only users: [Int]) -> Dataset {
    let counts = users.map { train.rows(ofUser: $0).count }
    let total = counts.reduce(0, +)
    let offsets = Column<Int64>(uninitialized: self.users.count + 1)
    let item = Column<Int32>(uninitialized: total)
    let label = Column<UInt8>(uninitialized: total)
    let eventPosition = Column<Int32>(uninitialized: total)
    var next = 0
    var user = 0
    for chosen in users {
      while user <= chosen {
        offsets.values[user] = Int64(next)
        user += 1
      }
      for row in train.rows(ofUser: chosen) {
        item.values[next] = train.item[row]
        label.values[next] = train.label[row]
        eventPosition.values[next] = train.eventPosition[row]
        next += 1
      }
    }
    while user <= self.users.count {
      offsets.values[user] = Int64(next)
      user += 1
    }
    var dataset = self
    dataset.train = Samples(offsets: offsets, item: item, label: label, eventPosition: eventPosition)
    do {
      dataset.features = try features.cuttingSamples(train: users.map { train.rows(ofUser: $0) })
    } catch {
      preconditionFailure("a process's own memory does not fail")
    }
    return dataset
  }
}
