import Support

extension Results {
  /// `ContentDigest` of all columns: users', each method's (methods in the order of the bytes of their names),
  /// the predictions' offsets, labels and times and each method's predictions, the comparisons of methods, the users
  /// without training samples, and what searches found (`SearchFindings.add(to:)`). Summaries and shifts, which follow
  /// from the columns and the data set, and the job's text do not count.
  package func contentDigest() -> String {
    var digest = ContentDigest()
    digest.add("/users/id", users.id)
    digest.add("/users/row", users.row)
    digest.add("/users/train_count", users.trainCount)
    digest.add("/users/train_positives", users.trainPositives)
    digest.add("/users/test_count", users.testCount)
    digest.add("/users/test_positives", users.testPositives)
    digest.add("/users/local_ctr", users.localCTR)
    lists?.add(to: &digest, "/users")
    let methods = methods.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for method in methods {
      let group = "/methods/\(method.name)"
      digest.add(group + "/alpha", method.alpha)
      digest.add(group + "/beta", method.beta)
      digest.add(group + "/label_status", method.labelStatus)
      digest.add(group + "/auc", method.auc)
      digest.add(group + "/auc_status", method.aucStatus)
      digest.add(group + "/loss_before", method.lossBefore)
      digest.add(group + "/loss_after", method.lossAfter)
      if let measureSettings { method.measures?.add(to: &digest, group, measureSettings) }
    }
    if let predictions {
      digest.add("/predictions/offsets", predictions.offsets)
      digest.add("/predictions/label", predictions.label)
      if let timestamp = predictions.timestamp { digest.add("/predictions/timestamp", timestamp) }
      for method in methods {
        if let values = method.predictions { digest.add("/predictions/\(method.name)", values) }
      }
    }
    if let significance {
      let rows = significance.comparisons
      digest.add("/significance/method", StringColumn(rows.map(\.method)))
      digest.add("/significance/against", StringColumn(rows.map(\.against)))
      digest.add("/significance/users", rows.map { Int32($0.users) })
      for column in ResultsFile.comparisonColumns {
        digest.add("/significance/" + column.name, rows.map { $0[keyPath: column.path] })
      }
    }
    untrained?.add(to: &digest, measureSettings)
    findings?.add(to: &digest)
    return digest.finalize()
  }
}
