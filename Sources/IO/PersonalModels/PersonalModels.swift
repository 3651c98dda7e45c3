/// What `lcft-models` files hold: fine-tuned models of single users, as what sets them apart from the cloud
/// model.
package struct PersonalModels: Sendable, Equatable {
  /// An embedding table's name and width.
  package struct Table: Sendable, Equatable {
    package var name: String
    package var width: Int

    package init(name: String, width: Int) {
      self.name = name
      self.width = width
    }
  }

  package var model: String
  /// Fine-tuned under each of these.
  package var methods: [String]
  /// Dense weights of a model.
  package var denseCount: Int
  package var tables: [Table]
  package var job: String
  package var datasetDigest: String
  /// Content of the cloud model that the files build on.
  package var checkpointDigest: String
  /// What searches found and the fine-tuning used, empty where it used none; nil in files of versions before 0.2,
  /// which do not say.
  package var findings: SearchFindings?

  package init(
    model: String, methods: [String], denseCount: Int, tables: [Table], job: String, datasetDigest: String,
    checkpointDigest: String, findings: SearchFindings? = SearchFindings()
  ) {
    self.model = model
    self.methods = methods
    self.denseCount = denseCount
    self.tables = tables
    self.job = job
    self.datasetDigest = datasetDigest
    self.checkpointDigest = checkpointDigest
    self.findings = findings
  }

  /// One user's models, in the order of `methods` and `tables`.
  package struct User: Sendable, Equatable {
    /// The user's row in the data set.
    package var row: Int32
    /// [methods][dense weights] the bit pattern of the fine-tuned weight minus that of the cloud model's,
    /// as wrapping integers.
    package var dense: [[Int32]]
    /// [tables] rows of the table, rising, that fine-tuning changed under some method.
    package var rows: [[Int32]]
    /// [methods][tables][rows x width] those rows fine-tuned.
    package var values: [[[Float]]]

    package init(row: Int32, dense: [[Int32]], rows: [[Int32]], values: [[[Float]]]) {
      self.row = row
      self.dense = dense
      self.rows = rows
      self.values = values
    }
  }
}
