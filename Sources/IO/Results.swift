/// The outcome of a fine-tuning run, as `lcft-results` files hold it: one row per evaluated user.
public struct Results: Sendable {
  public var users: Users
  public var methods: [Method]
  /// The test samples' labels and row ranges, so that every AUC can be computed again from the file.
  public var predictions: Predictions?
  /// Nil in the results of a run that is not finished, and in files of versions that did not compare methods.
  public var significance: Significance?
  public var model: String
  public var globalCTR: Double
  public var job: String
  public var datasetDigest: String
  public var checkpointDigest: String

  public init(
    users: Users, methods: [Method], predictions: Predictions?, significance: Significance? = nil,
    model: String, globalCTR: Double, job: String, datasetDigest: String, checkpointDigest: String
  ) {
    self.users = users
    self.methods = methods
    self.predictions = predictions
    self.significance = significance
    self.model = model
    self.globalCTR = globalCTR
    self.job = job
    self.datasetDigest = datasetDigest
    self.checkpointDigest = checkpointDigest
  }

  /// `/users`: every column has one value per evaluated user.
  public struct Users: Sendable {
    public var id: StringColumn
    /// The user's row in the data set.
    public var row: [Int32]
    public var trainCount: [Int32]
    public var trainPositives: [Int32]
    public var testCount: [Int32]
    public var testPositives: [Int32]
    /// w = n+ / (n+ + n-) over the user's training samples.
    public var localCTR: [Double]

    public init(
      id: StringColumn, row: [Int32], trainCount: [Int32], trainPositives: [Int32],
      testCount: [Int32], testPositives: [Int32], localCTR: [Double]
    ) {
      self.id = id
      self.row = row
      self.trainCount = trainCount
      self.trainPositives = trainPositives
      self.testCount = testCount
      self.testPositives = testPositives
      self.localCTR = localCTR
    }
  }

  /// Why a user has no AUC, or that it has one: `/methods/<name>/auc_status`.
  public enum AUCStatus: UInt8, Sendable, CaseIterable {
    case defined = 0
    case onlyPositives = 1
    case onlyNegatives = 2
    /// A score was not a number: the fine-tuning diverged.
    case notFinite = 3
  }

  /// Whether the correction could set the user's labels as the strategy says: `/methods/<name>/label_status`.
  public enum LabelStatus: UInt8, Sendable, CaseIterable {
    /// The strategy corrects no labels (cloud, local).
    case uncorrected = 0
    case corrected = 1
    /// The class that would carry the correction has no sample: labels left as they are.
    case undefined = 2
  }

  /// `/methods/<name>`: one method's columns.
  public struct Method: Sendable {
    public var name: String
    public var alpha: [Double]
    public var beta: [Double]
    public var labelStatus: [LabelStatus]
    /// NaN where `aucStatus` is not `.defined`.
    public var auc: [Double]
    public var aucStatus: [AUCStatus]
    /// Mean training loss on the method's own labels before and after the fine-tuning.
    public var lossBefore: [Double]
    public var lossAfter: [Double]
    public var summary: Summary
    /// Logits of the test samples, in `Predictions`'s order: 1 / (1 + e^-logit) is the click probability.
    public var predictions: [Float]?

    public init(
      name: String, alpha: [Double], beta: [Double], labelStatus: [LabelStatus], auc: [Double],
      aucStatus: [AUCStatus], lossBefore: [Double], lossAfter: [Double], summary: Summary,
      predictions: [Float]? = nil
    ) {
      self.name = name
      self.alpha = alpha
      self.beta = beta
      self.labelStatus = labelStatus
      self.auc = auc
      self.aucStatus = aucStatus
      self.lossBefore = lossBefore
      self.lossAfter = lossAfter
      self.summary = summary
      self.predictions = predictions
    }
  }

  /// `/summary/<method>`: attributes of one group per method.
  public struct Summary: Sendable, Equatable {
    /// AUC_avg = sum m_i AUC_i / sum m_i (eq. 12), over users with a defined AUC.
    public var userAUC: Double
    public var userAUCUnweighted: Double
    public var pooledAUC: Double
    public var logLoss: Double
    public var undefinedAUC: Int
    public var undefinedLabels: Int

    public init(
      userAUC: Double, userAUCUnweighted: Double, pooledAUC: Double, logLoss: Double,
      undefinedAUC: Int, undefinedLabels: Int
    ) {
      self.userAUC = userAUC
      self.userAUCUnweighted = userAUCUnweighted
      self.pooledAUC = pooledAUC
      self.logLoss = logLoss
      self.undefinedAUC = undefinedAUC
      self.undefinedLabels = undefinedLabels
    }
  }

  /// `/predictions`: the test samples of the evaluated users.
  public struct Predictions: Sendable {
    /// [evaluated users + 1].
    public var offsets: [Int64]
    public var label: [UInt8]

    public init(offsets: [Int64], label: [UInt8]) {
      self.offsets = offsets
      self.label = label
    }
  }

  /// `/significance`: every pair of methods compared by a paired bootstrap over users.
  public struct Significance: Sendable {
    public var draws: Int
    public var seed: UInt64
    public var comparisons: [Comparison]

    public init(draws: Int, seed: UInt64, comparisons: [Comparison]) {
      self.draws = draws
      self.seed = seed
      self.comparisons = comparisons
    }
  }

  /// One method against another, over the users that have an AUC under both.
  public struct Comparison: Sendable {
    public var method: String
    public var against: String
    /// Users with an AUC under both methods; the values below are NaN where there are none.
    public var users: Int
    /// User AUC (eq. 12) of `method` less that of `against`.
    public var difference: Double
    /// Ends of the 95% interval of `difference`.
    public var low: Double
    public var high: Double
    /// Shares of the users whose AUC is higher, the same and lower under `method`.
    public var up: Double
    public var same: Double
    public var down: Double

    public init(
      method: String, against: String, users: Int, difference: Double, low: Double, high: Double, up: Double,
      same: Double, down: Double
    ) {
      self.method = method
      self.against = against
      self.users = users
      self.difference = difference
      self.low = low
      self.high = high
      self.up = up
      self.same = same
      self.down = down
    }

    /// The same comparison seen from the other method.
    public var reversed: Comparison {
      Comparison(
        method: against, against: method, users: users, difference: -difference, low: -high, high: -low,
        up: down, same: same, down: up)
    }
  }
}

extension Results.Significance {
  /// The comparison of `method` with `other`, whichever of the two the file names first.
  public func comparison(of method: String, against other: String) -> Results.Comparison? {
    for comparison in comparisons {
      if (comparison.method, comparison.against) == (method, other) { return comparison }
      if (comparison.method, comparison.against) == (other, method) { return comparison.reversed }
    }
    return nil
  }
}
