/// What `lcft-models` files hold: fine-tuned models of single users, as what sets them apart from the cloud
/// model.
public struct PersonalModels: Sendable, Equatable {
  /// An embedding table's name and width.
  public struct Table: Sendable, Equatable {
    public var name: String
    public var width: Int

    public init(name: String, width: Int) {
      self.name = name
      self.width = width
    }
  }

  public var model: String
  /// Fine-tuned under each of these.
  public var methods: [String]
  /// Dense weights of a model.
  public var denseCount: Int
  public var tables: [Table]
  public var job: String
  public var datasetDigest: String
  /// Content of the cloud model that the files build on.
  public var checkpointDigest: String

  public init(
    model: String, methods: [String], denseCount: Int, tables: [Table], job: String, datasetDigest: String,
    checkpointDigest: String
  ) {
    self.model = model
    self.methods = methods
    self.denseCount = denseCount
    self.tables = tables
    self.job = job
    self.datasetDigest = datasetDigest
    self.checkpointDigest = checkpointDigest
  }

  /// One user's models, in the order of `methods` and `tables`.
  public struct User: Sendable, Equatable {
    /// The user's row in the data set.
    public var row: Int32
    /// [methods][dense weights] the bit pattern of the fine-tuned weight minus that of the cloud model's,
    /// as wrapping integers.
    public var dense: [[Int32]]
    /// [tables] rows of the table, rising, that fine-tuning changed under some method.
    public var rows: [[Int32]]
    /// [methods][tables][rows x width] those rows fine-tuned.
    public var values: [[[Float]]]

    public init(row: Int32, dense: [[Int32]], rows: [[Int32]], values: [[[Float]]]) {
      self.row = row
      self.dense = dense
      self.rows = rows
      self.values = values
    }
  }
}
