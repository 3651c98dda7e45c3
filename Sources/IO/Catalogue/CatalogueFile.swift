import HDF5
import Support

/// `lcft-catalogue` files: a `Catalogue` in HDF5, with the paths that a data set has for the same.
///
/// | path | |
/// |---|---|
/// | `/users/id`, `/items/id` | the identifier of each row |
/// | `/features/OWNER/NAME` | as in a data set; the columns of samples and events have no rows |
/// | `/vocabularies/NAME` | as in a data set |
///
/// The root's attributes hold `FileHeader`, `dataset_digest`, `train_samples`, `train_positives` and `split_rule`,
/// and beside the content `utc_offset`, `same_time` and, where it is known, `reading`.
package enum CatalogueFile {
  /// Writes `catalogue` as the file `path`, whole or not at all. `created` as in `FileHeader`. Throws a file error.
  package static func write(
    _ catalogue: Catalogue, to path: String, created: String = FileHeader.timestamp()
  ) throws {
    let header = FileHeader(.catalogue, created: created, contentDigest: catalogue.contentDigest())
    try StoredFile.write(to: path, header) { root in
      try root.setAttribute("dataset_digest", catalogue.datasetDigest)
      try root.setAttribute("train_samples", Int64(catalogue.trainSamples))
      try root.setAttribute("train_positives", Int64(catalogue.trainPositives))
      try root.setAttribute("split_rule", catalogue.splitRule)
      try root.setAttribute("utc_offset", catalogue.utcOffset)
      try root.setAttribute("same_time", catalogue.sameTime.rawValue)
      if let reading = catalogue.reading { try root.setAttribute(Dataset.Provenance.reading, reading) }
      try root.makeGroup("users").write(
        "id", catalogue.users, description: "the identifier of row r of the users' tables")
      try root.makeGroup("items").write(
        "id", catalogue.items, description: "the identifier of row r of the items' tables")
      try FeaturesFile.write(catalogue.features, to: root)
    }
  }

  /// Reads the file `path` into `memory` and checks all of it, with its digest where the file states one. Throws a file
  /// error, and what `memory` throws.
  package static func read(_ path: String, in memory: any MemorySource = OwnMemory()) throws -> Catalogue {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root, expecting: .catalogue)
    let catalogue = Catalogue(
      users: try root.group("users").dataset("id").strings(in: memory),
      items: try root.group("items").dataset("id").strings(in: memory),
      features: try FeaturesFile.read(root, in: memory),
      trainSamples: try root.count("train_samples"), trainPositives: try root.count("train_positives"),
      splitRule: try root.text("split_rule") ?? "unknown",
      datasetDigest: try root.required(text: "dataset_digest"),
      utcOffset: try root.attribute("utc_offset", as: Int64.self) ?? 0,
      sameTime: try sameTime(root), reading: try root.text(Dataset.Provenance.reading))
    guard catalogue.trainPositives <= catalogue.trainSamples, catalogue.trainSamples > 0 else {
      throw HDF5Error.invalidAttribute(
        root.location, name: "train_positives", value: "\(catalogue.trainPositives)",
        allowed: "0 to train_samples (\(catalogue.trainSamples)), which is at least 1")
    }
    try FeaturesCheck(catalogue.features, file: path, .features)
      .check(for: catalogue.emptyDataset(in: OwnMemory()))
    try header.check(digest: catalogue.contentDigest(), file: path)
    return catalogue
  }

  /// Files of earlier builds do not say it.
  private static func sameTime(_ root: borrowing HDF5.Group) throws -> SameTime {
    guard let text = try root.text("same_time") else { return .before }
    guard let sameTime = SameTime(rawValue: text) else {
      throw HDF5Error.invalidAttribute(
        root.location, name: "same_time", value: text,
        allowed: SameTime.allCases.map(\.rawValue).joined(separator: " or "))
    }
    return sameTime
  }
}
