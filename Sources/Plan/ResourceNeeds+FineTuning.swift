import LCFT

extension ResourceNeeds {
  /// `UserModel`, `OutcomeTable`, `Results`, the sorting of all test samples for the pooled AUC.
  var fineTuning: [ResourceEstimate.Part] {
    let methods = job.fineTuning.methods.count
    let users = sizes.users
    let predictions = 4 * methods * sizes.testSamples
    var parts = [
      part("numbers of rows", builders * numbering),
      part("the largest user", largestUser),
      part("order of users", 20 * users),
      part("outcomes", 42 * methods * users + predictions, .leader, maySpill: true),
      // The outcomes' columns are those of the results.
      part(
        "results",
        (16 + measureBytes) * methods * users + (sizes.userIDBytes + 84) * users + 34 * sizes.testSamples,
        .leader, maySpill: true),
      // Places of users and of their samples, and how often draws take them.
      part("users of the results", 69 * users + 5 * sizes.items, .leader),
    ]
    if job.fineTuning.methods.contains(.cloud) {
      // `UntrainedUsersRun.outcome`: all users' measures and samples once more.
      let bytes = (17 + measureBytes) * users + 13 * sizes.testSamples
      parts.append(part("results over all users", bytes, .leader, maySpill: true))
    }
    if sharesTables {
      // `RowService`: the rows of a chunk of users, on the way and as they have come.
      let width = layout.tables.reduce(0) { $0 + ($1.space == .user ? 0 : $1.width + 4) }
      let user = min(
        sizes.items, sizes.largestUser.trainSamples + sizes.largestUser.testSamples + sizes.largestUser.events
      )
      parts.append(part("rows of other hosts", 2 * 4 * width * user))
    }
    // `DatasetParts`: the rows of one host after the other.
    if hosts > 1 {
      parts.append(part("rows for the results", share(sizes.rowBytes + sizes.nameBytes), .leader))
    }
    if job.fineTuning.methods.contains(.grouped) {
      let groups = job.grouping.edges.isEmpty ? job.grouping.quantiles : job.grouping.edges.count + 1
      parts.append(part("models of groups", groups * modelBytes))
    }
    if job.fineTuning.methods.contains(.popularity) {
      parts.append(part("popularity of items", 13 * sizes.items))
    }
    return parts
  }

  /// `Results.UserMeasures` of a user under one method.
  var measureBytes: Int { 8 * (3 + 2 * job.metrics.cutoffs.count) }
}
