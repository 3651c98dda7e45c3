import IO
import Studies
import Support

/// What `lcft describe` prints.
package enum FileDescription {
  /// A text about the file at `path`. Throws what reading the file throws.
  package static func describe(_ path: String) throws -> String {
    let header = try FileHeader.read(path)
    let body =
      switch header.kind {
      case .dataset: describe(try DatasetFile.read(path))
      case .checkpoint: describe(try CheckpointFile.read(path))
      case .models: describe(try PersonalModelsFile.Reader(path))
      case .results: "\(ResultsTable(try ResultsFile.read(path), title: "results"))"
      case .abTest: "\(ABTestTable(try ABTestFile.read(path), title: "A/B test"))"
      case .labels: "\(LabelTableText(try LabelTableFile.read(path)))"
      case .search: "\(SearchTableText(try SearchTableFile.read(path)))"
      }
    let digest = header.contentDigest.map { "\ncontent \($0)" } ?? ""
    return "\(path): \(header.kind.rawValue), format version \(header.version), by \(header.creator), "
      + "\(header.created)\(digest)\n\n\(body)"
  }

  /// A line with a data set's counts.
  package static func counts(_ dataset: Dataset) -> String {
    "\(counted(dataset.users.count, "user")) (\(dataset.evaluatedUsers.count) with training and test samples), "
      + "\(counted(dataset.items.count, "item")), "
      + "\(counted(dataset.categories?.names.count ?? 0, "category", plural: "categories")), "
      + "\(counted(dataset.events.count, "event")), "
      + "\(dataset.train.count) training and \(dataset.test.count) test samples, "
      + "global CTR \(text(dataset.globalCTR, 4))"
  }

  private static func describe(_ dataset: Dataset) -> String {
    let provenance = dataset.provenance
    let evaluated = dataset.evaluatedUsers.count
    let samples = dataset.train.count + dataset.test.count
    var lines = [
      "source     \(provenance.kind)",
      "split      \(provenance.splitRule)",
      "negatives  \(provenance.negativeSampling), seed \(provenance.seed)",
    ]
    lines += provenance.sources.map { "file       \($0.path)  sha256 \($0.sha256)" }
    if provenance.skippedLines > 0 { lines.append("skipped    \(provenance.skippedLines) malformed lines") }
    lines += provenance.settings.sorted { $0.key < $1.key }.map {
      "\(pad($0.key, 10, right: false)) \($0.value)"
    }
    lines += [
      "",
      counts(dataset) + (dataset.genome.map { "; tag genome of \($0.width) tags" } ?? ""),
    ]
    if let (codes, _) = dataset.actions { lines.append("events by action: \(counts(byAction: codes))") }
    lines += [
      "",
      "Table 1    users     samples   global CTR",
      "       \(pad("\(evaluated)", 9))  \(pad("\(samples)", 10))   \(pad(text(dataset.globalCTR, 4), 10))",
      "",
      "Local CTR of the users with training and test samples (Figure 1):",
    ]
    return (lines + histogram(dataset)).joined(separator: "\n")
  }

  /// How many events record each action.
  private static func counts(byAction action: Column<Int32>) -> String {
    var counts = [Int](repeating: 0, count: Dataset.Action.allCases.count)
    for code in action.values { counts[Int(code)] += 1 }
    return Dataset.Action.allCases.map { "\($0) \(counts[Int($0.rawValue)])" }.joined(separator: ", ")
  }

  /// Ten intervals of the local CTR; the one with the global CTR is marked.
  private static func histogram(_ dataset: Dataset) -> [String] {
    var counts = [Int](repeating: 0, count: 10)
    for user in dataset.evaluatedUsers {
      let rows = dataset.train.rows(ofUser: Int(user))
      counts[min(9, 10 * dataset.train.positives(ofUser: Int(user)) / rows.count)] += 1
    }
    let highest = max(1, counts.max() ?? 1)
    let global = dataset.globalCTR.isNaN ? -1 : min(9, Int(10 * dataset.globalCTR))
    return counts.enumerated().map { bin, count in
      let bar = String(repeating: "#", count: (50 * count + highest - 1) / highest)
      let range = "\(text(Double(bin) / 10, 1)) to \(text(Double(bin + 1) / 10, 1))"
      return "  \(range)  \(pad("\(count)", 9))  \(bar)\(bin == global ? "  <- global CTR" : "")"
    }
  }

  private static func describe(_ models: PersonalModelsFile.Reader) -> String {
    let layout = models.layout
    let tables = layout.tables.map { "\($0.name) (\($0.width))" }.joined(separator: ", ")
    return """
      models of \(counted(models.rows.count, "user")): \(layout.model), under \(layout.methods.joined(separator: ", "))
      \(layout.denseCount) dense weights each; tables (and widths): \(tables)
      fine-tuned from the cloud model with content \(layout.checkpointDigest)

      job:
      \(layout.job)
      """
  }

  private static func describe(_ checkpoint: Checkpoint) -> String {
    let progress = checkpoint.progress
    let group = checkpoint.group.map { group in
      "for the group \(group.name): \(counted(group.users, "user")) of local CTR above \(text(group.above, 4)) up to "
        + "\(text(group.upTo, 4)), labels \(group.correction), from the cloud model with content "
        + group.cloudDigest
    }
    var lines = [
      "model \(checkpoint.model), after epoch \(progress.epoch), step \(progress.step), seed \(progress.seed)",
      "mean training loss by epoch: " + progress.losses.map { text($0, 5) }.joined(separator: ", "),
      "trained on the data set with content \(checkpoint.datasetDigest)",
    ]
    if let group { lines.append(group) }
    lines.append("")
    for (group, tensors) in [
      ("dense", checkpoint.dense), ("embeddings", checkpoint.embeddings), ("optimizer", checkpoint.optimizer),
    ] {
      for tensor in tensors {
        let shape = tensor.shape.map(String.init).joined(separator: " x ")
        let mean = tensor.values.reduce(0.0) { $0 + Double($1) } / Double(max(1, tensor.values.count))
        let square = tensor.values.reduce(0.0) { $0 + Double($1) * Double($1) }
        let norm = (square / Double(max(1, tensor.values.count))).squareRoot()
        lines.append(
          "/\(group)/\(pad(tensor.name, 36, right: false)) \(pad(shape, 16))  mean \(text(mean, 6)), "
            + "root mean square \(text(norm, 6))")
      }
    }
    let weights = (checkpoint.dense + checkpoint.embeddings).reduce(0) { $0 + $1.values.count }
    return (lines + ["", "\(weights) weights and statistics", "", "job:", checkpoint.job])
      .joined(separator: "\n")
  }
}
