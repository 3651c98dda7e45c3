import Foundation
import IO
import Studies
import Support

/// What `lcft describe` prints.
package enum FileDescription {
  /// A text about the file at `path`. Throws what reading the file throws.
  package static func describe(_ path: String) throws -> String {
    if FileStatus.isFolder(path) { throw try ofFolder(path) }
    let header = try FileHeader.read(path)
    let body =
      switch header.kind {
      case .dataset: DatasetDescription(try DatasetFile.read(path)).text
      case .catalogue: describe(try CatalogueFile.read(path))
      case .checkpoint: describe(try CheckpointFile.read(path))
      case .models: describe(try PersonalModelsFile.Reader(path))
      case .results: "\(ResultsTable(try ResultsFile.read(path), title: "results"))"
      case .abTest: "\(ABTestTable(try ABTestFile.read(path), title: "A/B test"))"
      case .choice: try choice(path)
      case .labels: "\(LabelTableText(try LabelTableFile.read(path)))"
      case .predictions: describe(try PredictionsFile.read(path))
      case .search: try search(path)
      }
    let digest = header.contentDigest.map { "\ncontent \($0)" } ?? ""
    return "\(path): \(header.kind.rawValue), format version \(header.version), by \(header.creator), "
      + "\(header.created)\(digest)\n\n\(body)"
  }

  /// A search's table: of cloud settings, or of methods.
  private static func search(_ path: String) throws -> String {
    if try CandidateTableFile.isOne(path) {
      return "\(CandidateTableText(try CandidateTableFile.read(path)))"
    }
    return "\(SearchTableText(try SearchTableFile.read(path)))"
  }

  private static func choice(_ path: String) throws -> String {
    let table = try MethodChoiceFile.read(path)
    return "\(MethodChoiceText(table.choice, model: table.origin.model))"
  }

  private static func ofFolder(_ path: String) throws -> DescriptionError {
    let names = try FileStatus.names(in: path)
    return .folder(path, files: names.filter { (try? FileKind.of(path + "/" + $0)) != nil })
  }

  private static func describe(_ catalogue: Catalogue) -> String {
    let vocabularies = catalogue.features.vocabularies.map {
      "\($0.name) (\(counted($0.count, "value")), \($0.known) known)"
    }
    return """
      names of the rows of \(counted(catalogue.users.count, "user")), \(counted(catalogue.items.count, "item")) and \
      \(counted(catalogue.features.byPath.count, "feature"))
      vocabularies: \(vocabularies.isEmpty ? "none" : vocabularies.joined(separator: ", "))
      global CTR \(text(catalogue.globalCTR, 4)) of \(counted(catalogue.trainSamples, "training sample")), split \
      \(catalogue.splitRule)
      of the data set with content \(catalogue.datasetDigest)
      """
  }

  private static func describe(_ predictions: Predictions) -> String {
    let kind = predictions.isRanked ? "ranked " : ""
    return """
      \(counted(predictions.rows.count, "\(kind)score")) of \(counted(predictions.users.count, "user")) and \
      \(counted(predictions.items.count, "item")) by \(predictions.model), under \
      \(predictions.methods.joined(separator: ", "))
      by the cloud model with content \(predictions.checkpointDigest)
      """
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
    lines += progress.evaluations.map { evaluation in
      "on held-out samples after epoch \(evaluation.epoch), step \(evaluation.step): user AUC "
        + "\(text(evaluation.userAUC ?? .nan, 5)), log loss \(text(evaluation.logLoss, 5)), calibration "
        + text(evaluation.calibration ?? .nan, 4)
    }
    if let catalogue = checkpoint.catalogue {
      lines.append("names of rows in \(catalogue.file), content \(catalogue.digest)")
    }
    if let parent = checkpoint.parent { lines += parent.lines }
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
