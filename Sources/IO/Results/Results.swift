import Support

/// The outcome of a fine-tuning run, as `lcft-results` files hold it: one row per evaluated user.
///
/// What there is of each user and each test sample lies in columns, which copies share and `Spill` may keep in files.
package struct Results: Sendable {
  package var users: Users
  package var methods: [Method]
  /// The test samples' labels and row ranges, so that every AUC can be computed again from the file.
  package var predictions: Predictions?
  /// Nil in files of versions that measured neither rankings nor calibration.
  package var measureSettings: MeasureSettings?
  /// Nil where the times of the test samples are not known.
  package var lists: UserLists?
  /// Nil in files of versions that did not tell.
  package var items: TestItems?
  /// Nil in the results of a run that is not finished, and in files of versions that did not compare methods.
  package var significance: Significance?
  /// Nil where every user with test samples has training samples, or `cloud` is not among the methods.
  package var untrained: Untrained?
  package var model: String
  package var globalCTR: Double
  package var job: String
  package var datasetDigest: String
  package var checkpointDigest: String
  /// What searches found and the run used, empty where it used none; nil in files of versions before 0.2, which
  /// do not say.
  package var findings: SearchFindings?

  package init(
    users: Users, methods: [Method], predictions: Predictions?, significance: Significance? = nil,
    model: String, globalCTR: Double, job: String, datasetDigest: String, checkpointDigest: String,
    findings: SearchFindings? = SearchFindings()
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
    self.findings = findings
  }

  /// `/users`: every column has one value per evaluated user.
  package struct Users: Sendable {
    package var id: StringColumn
    /// The user's row in the data set.
    package var row: Column<Int32>
    package var trainCount: Column<Int32>
    package var trainPositives: Column<Int32>
    package var testCount: Column<Int32>
    package var testPositives: Column<Int32>
    /// w = n+ / (n+ + n-) over the user's training samples.
    package var localCTR: Column<Double>

    package init(
      id: StringColumn, row: Column<Int32>, trainCount: Column<Int32>, trainPositives: Column<Int32>,
      testCount: Column<Int32>, testPositives: Column<Int32>, localCTR: Column<Double>
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
  package enum AUCStatus: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case defined = 0
    case onlyPositives = 1
    case onlyNegatives = 2
    /// A score was not a number: the fine-tuning diverged.
    case notFinite = 3
  }

  /// Whether the correction could set the user's labels as the strategy says: `/methods/<name>/label_status`.
  package enum LabelStatus: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// The strategy corrects no labels (cloud, local).
    case uncorrected = 0
    case corrected = 1
    /// The class that would carry the correction has no sample: labels left as they are.
    case undefined = 2
  }

  /// `/methods/<name>`: one method's columns.
  package struct Method: Sendable {
    package var name: String
    package var alpha: Column<Double>
    package var beta: Column<Double>
    package var labelStatus: Column<LabelStatus>
    /// NaN where `aucStatus` is not `.defined`.
    package var auc: Column<Double>
    package var aucStatus: Column<AUCStatus>
    /// Mean training loss on the method's own labels before and after the fine-tuning.
    package var lossBefore: Column<Double>
    package var lossAfter: Column<Double>
    /// Nil where `Results.measureSettings` is.
    package var measures: UserMeasures?
    package var summary: Summary
    /// Logits of the test samples, in `Predictions`'s order: 1 / (1 + e^-logit) is the click probability.
    package var predictions: Column<Float>?
    /// One per user: how much further the scores of touched items moved than those of others (`TestItems`); NaN where a
    /// user has none of either.
    package var shift: Column<Double>?
    /// One per user: the AUC without the test samples of unseen positives (`UnseenPositives`); NaN where the others are
    /// of one class.
    package var aucWithoutUnseen: Column<Double>?

    package init(
      name: String, alpha: Column<Double>, beta: Column<Double>, labelStatus: Column<LabelStatus>,
      auc: Column<Double>,
      aucStatus: Column<AUCStatus>, lossBefore: Column<Double>, lossAfter: Column<Double>, summary: Summary,
      predictions: Column<Float>? = nil
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
  package struct Summary: Sendable, Equatable {
    /// AUC_avg = sum m_i AUC_i / sum m_i (eq. 12), over users with a defined AUC.
    package var userAUC: Double
    package var userAUCUnweighted: Double
    package var pooledAUC: Double
    package var logLoss: Double
    package var undefinedAUC: Int
    package var undefinedLabels: Int
    /// Over the users that `logLoss` covers; nil where `Results.measureSettings` is.
    package var measures: Measures?
    /// Over the users that every method covers; nil where all methods cover the same users.
    package var common: CommonScores?

    package init(
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
  package struct Predictions: Sendable {
    /// [evaluated users + 1].
    package var offsets: Column<Int64>
    package var label: Column<UInt8>
    /// Seconds since 1970, UTC; nil where the data set does not say, and in files of earlier versions.
    package var timestamp: Column<Int64>?

    package init(offsets: Column<Int64>, label: Column<UInt8>, timestamp: Column<Int64>? = nil) {
      self.offsets = offsets
      self.label = label
      self.timestamp = timestamp
    }

    /// The test samples of the evaluated user `user`.
    package func rows(ofUser user: Int) -> Range<Int> { Int(offsets[user])..<Int(offsets[user + 1]) }
  }

  /// `/significance`: every pair of methods compared by a paired bootstrap over users.
  package struct Significance: Sendable {
    package var draws: Int
    package var seed: UInt64
    package var comparisons: [Comparison]

    package init(draws: Int, seed: UInt64, comparisons: [Comparison]) {
      self.draws = draws
      self.seed = seed
      self.comparisons = comparisons
    }
  }

  /// One method against another, over the users that have an AUC under both.
  package struct Comparison: Sendable {
    package var method: String
    package var against: String
    /// Users with an AUC under both methods; the values below are NaN where there are none.
    package var users: Int
    /// User AUC (eq. 12) of `method` minus that of `against`.
    package var difference: Double
    /// Ends of the 95% interval of `difference`.
    package var low: Double
    package var high: Double
    /// Shares of the users whose AUC is higher, the same and lower under `method`.
    package var up: Double
    package var same: Double
    package var down: Double

    package init(
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
    package var reversed: Comparison {
      Comparison(
        method: against, against: method, users: users, difference: -difference, low: -high, high: -low,
        up: down, same: same, down: up)
    }
  }
}

extension Results.Significance {
  /// The comparison of `method` with `other`, whichever of the two the file names first.
  package func comparison(of method: String, against other: String) -> Results.Comparison? {
    for comparison in comparisons {
      if (comparison.method, comparison.against) == (method, other) { return comparison }
      if (comparison.method, comparison.against) == (other, method) { return comparison.reversed }
    }
    return nil
  }
}

extension Results.Method {
  /// Users whose model gave a score that is no number.
  package var divergedUsers: Int { aucStatus.count { $0 == .notFinite } }
  /// The users that the pooled AUC and the log loss cover.
  package var scoredUsers: Int { aucStatus.count - divergedUsers }
  /// The users that the user AUCs cover.
  package var aucUsers: Int { aucStatus.count { $0 == .defined } }
}
