import HDF5
import Support

/// `lcft-ab-test` files: an `ABTest` in HDF5.
///
/// | path | type | |
/// |---|---|---|
/// | `/users/row` | int32 | the user's row in the data set |
/// | `/users/bucket`, `/users/diverged` | uint8 | |
/// | `/users/local_ctr` | float64 | NaN for users without training samples |
/// | `/users/expected_clicks` | float64 [users, buckets] | optional: what each bucket would have given |
/// | `/days/{impressions,clicks}` | int32 [users, days] | |
/// | `/days/{expected,oracle,random}_clicks` | float64 [users, days] | |
/// | `/findings` | group | what searches found and the fine-tuning used: `SearchFindings` |
/// | `/job` | string | the job file's text |
///
/// The root's attributes hold `FileHeader`, `methods` (of the buckets A, B, ...), the settings, `model`,
/// `dataset_digest` and `checkpoint_digest`.
package enum ABTestFile {
  /// Writes `test` as the file `path`, whole or not at all. `created` as in `FileHeader`.
  ///
  /// Throws `FileError`.
  package static func write(
    _ test: ABTest, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    let header = FileHeader(.abTest, created: created, contentDigest: test.contentDigest())
    try StoredFile.write(to: path, header) { root in
      try root.setAttribute("methods", test.methods)
      try root.setAttribute("days", Int64(test.settings.days))
      try root.setAttribute("visits", test.settings.visits)
      try root.setAttribute("candidates", Int64(test.settings.candidates))
      try root.setAttribute("shown", Int64(test.settings.shown))
      try root.setAttribute("seed", test.settings.seed)
      try root.setAttribute("model", test.model)
      try root.setAttribute("dataset_digest", test.datasetDigest)
      try root.setAttribute("checkpoint_digest", test.checkpointDigest)
      try writeUsers(test, to: root.makeGroup("users"))
      try writeDays(test, to: root.makeGroup("days"))
      try test.findings?.write(to: root)
      try root.write("job", text: test.job, description: "the job file, YAML")
    }
  }

  private static func writeUsers(_ test: ABTest, to group: borrowing HDF5.Group) throws {
    let names = test.methods.indices.map { "\($0) \(ABTest.bucketName($0)) (\(test.methods[$0]))" }
    try group.write("row", test.users.row, description: "the user's row in the data set")
    try group.write(
      "bucket", test.users.bucket, description: "the user's bucket: \(names.joined(separator: ", "))")
    try group.write(
      "local_ctr", test.users.localCTR,
      description: "share of clicks among the user's training samples; NaN without any")
    try group.write(
      "diverged", test.users.diverged, description: "1 where the user's model gave a score that is no number")
    if let expected = test.counterfactuals {
      try write(
        "expected_clicks", expected, columns: test.methods.count, to: group,
        description:
          "sum of the click probabilities of what the user would have been shown in each bucket, all days")
    }
  }

  private static func writeDays(_ test: ABTest, to group: borrowing HDF5.Group) throws {
    let days = test.days
    let count = test.settings.days
    try write(
      "impressions", days.impressions, columns: count, to: group,
      description: "items shown, by user and day")
    try write(
      "clicks", days.clicks, columns: count, to: group, description: "clicks drawn, by user and day")
    try write(
      "expected_clicks", days.expectedClicks, columns: count, to: group,
      description: "sum of the true click probabilities of the items shown")
    try write(
      "oracle_clicks", days.oracleClicks, columns: count, to: group,
      description: "the same had the candidates been ranked by their true click probabilities")
    try write(
      "random_clicks", days.randomClicks, columns: count, to: group,
      description: "the same for a random choice among the candidates")
  }

  private static func write<T: HDF5.Scalar>(
    _ name: String, _ values: [T], columns: Int, to group: borrowing HDF5.Group, description: String
  ) throws {
    try values.withUnsafeBufferPointer {
      try group.write(name, $0, shape: [$0.count / columns, columns], description: description)
    }
  }

  /// Reads the file `path` and checks that its columns belong together, and the content's digest where the
  /// file states it.
  ///
  /// Throws `FileError`.
  package static func read(_ path: String) throws -> ABTest {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .abTest)
    guard let methods = try root.texts("methods"), (1...26).contains(methods.count) else {
      throw HDF5Error.missing(root.location, what: "attribute methods, of 1 to 26 buckets")
    }
    let settings = ABTest.Settings(
      days: try root.count("days"), visits: try root.required("visits", as: Double.self),
      candidates: try root.count("candidates"), shown: try root.count("shown"),
      seed: try root.required("seed", as: UInt64.self))
    guard settings.days > 0 else {
      throw HDF5Error.invalidAttribute(
        root.location, name: "days", value: "\(settings.days)", allowed: "1 or more")
    }
    let users = try readUsers(root.group("users"), buckets: methods.count)
    let count = users.row.count
    let test = ABTest(
      methods: methods, settings: settings, users: users,
      days: try readDays(root.group("days"), [count, settings.days]),
      counterfactuals: try root.contains("users/expected_clicks")
        ? read("expected_clicks", root.group("users"), [count, methods.count]) : nil,
      model: try root.required(text: "model"), job: try root.dataset("job").text(),
      datasetDigest: try root.required(text: "dataset_digest"),
      checkpointDigest: try root.required(text: "checkpoint_digest"),
      findings: try SearchFindings.read(root))
    try header.check(digest: test.contentDigest(), file: path)
    return test
  }

  private static func readUsers(_ group: borrowing HDF5.Group, buckets: Int) throws -> ABTest.Users {
    let row = try group.dataset("row").array(of: Int32.self)
    let bucket: [UInt8] = try read("bucket", group, [row.count])
    if let user = bucket.firstIndex(where: { Int($0) >= buckets }) {
      throw HDF5Error.invalidValue(
        group.location.appending("bucket"), row: user, value: "\(bucket[user])",
        allowed: "0 to \(buckets - 1)")
    }
    return ABTest.Users(
      row: row, bucket: bucket, localCTR: try read("local_ctr", group, [row.count]),
      diverged: try read("diverged", group, [row.count]))
  }

  private static func readDays(_ group: borrowing HDF5.Group, _ shape: [Int]) throws -> ABTest.Days {
    ABTest.Days(
      impressions: try read("impressions", group, shape), clicks: try read("clicks", group, shape),
      expectedClicks: try read("expected_clicks", group, shape),
      oracleClicks: try read("oracle_clicks", group, shape),
      randomClicks: try read("random_clicks", group, shape))
  }

  private static func read<T: HDF5.Scalar>(
    _ name: String, _ group: borrowing HDF5.Group, _ shape: [Int]
  ) throws -> [T] {
    let dataset = try group.dataset(name)
    let found = try dataset.shape()
    guard found == shape else {
      throw HDF5Error.wrongShape(
        dataset.location, expected: shape.map(String.init).joined(separator: " x "),
        found: found.map { "\($0)" })
    }
    return try dataset.array(of: T.self)
  }
}
