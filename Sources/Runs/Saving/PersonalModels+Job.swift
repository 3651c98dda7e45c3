import IO
import LCFT
import Models

extension PersonalModels {
  /// What a file of models says that the fitted `job` fine-tunes under `methods`, from a cloud model of `layout`.
  package init(
    _ job: Job, methods: [Method], _ layout: ModelLayout, datasetDigest: String, checkpointDigest: String
  ) {
    self.init(
      model: job.model.name, methods: methods.filter(\.fineTunes).map(\.rawValue),
      denseCount: layout.parameterCount, tables: Table.all(of: layout), job: job.text,
      datasetDigest: datasetDigest, checkpointDigest: checkpointDigest,
      findings: job.findings(usedBy: methods))
  }
}

extension PersonalModels.Table {
  fileprivate static func all(of layout: ModelLayout) -> [PersonalModels.Table] {
    layout.tables.map { PersonalModels.Table(name: $0.name, width: $0.width) }
  }
}

extension PersonalModelsFile.Reader {
  /// Throws where the models were fine-tuned from another cloud model. A checkpoint that another program wrote may have no
  /// digest; then loading it shows.
  package func check(cloudModel digest: String) throws(RunError) {
    guard digest.isEmpty || layout.checkpointDigest == digest else {
      throw .otherResults(file: path, what: "cloud model")
    }
  }

  /// Throws where they are of another network.
  package func check(_ model: ModelLayout) throws(RunError) {
    guard layout.tables == PersonalModels.Table.all(of: model), layout.denseCount == model.parameterCount
    else { throw .otherResults(file: path, what: "model") }
  }

  /// Throws where they were not saved under one of `methods`.
  package func check(_ methods: [Method]) throws(RunError) {
    for method in methods where method.fineTunes && !layout.methods.contains(method.rawValue) {
      throw .notSaved(file: path, method: method.rawValue, saved: layout.methods)
    }
  }
}
