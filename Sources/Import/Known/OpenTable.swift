import IO
import Support

/// The file of a `KnownTable`, whose columns have been found.
struct OpenTable {
  let reader: RecordReader
  let known: KnownFeatures
  let features: FeatureSet
  let times: TimeReader
  /// The columns that there are.
  let slots: (user: Int?, item: Int?, time: Int?, label: Int?, drawn: Int?)

  init(
    _ text: String, knownAs path: String, _ columns: KnownTable.Columns, _ features: Features,
    _ owners: [FeatureOwner], _ utcOffset: Int64
  ) throws(ImportError) {
    let roles: [(need: KnownTable.Need, names: [String], option: String)] = [
      (columns.user.need, columns.user.name.map { [$0] } ?? LogColumns.userNames, "--user-column"),
      (columns.item.need, columns.item.name.map { [$0] } ?? LogColumns.itemNames, "--item-column"),
      (columns.time.need, columns.time.name.map { [$0] } ?? LogColumns.timeNames, "--timestamp-column"),
      (
        columns.label.need, columns.label.name.map { [$0] } ?? ["label", "click", "clicked"], "--label-column"
      ),
    ]
    let file = try FileColumns(text, orInOrder: roles.filter { $0.need == .required }.map { $0.names })
    var found: [String?] = []
    for (index, role) in roles.enumerated() {
      let name = role.need == .none ? nil : file.find(role.names)
      let given = [columns.user.name, columns.item.name, columns.time.name, columns.label.name][index]
      if name == nil, role.need == .required || (role.option == "--timestamp-column" && given != nil) {
        let header = Array(file.names.joined(separator: ",").utf8)
        throw .missingColumn(
          file: path, column: role.names[0], header: header.withUnsafeBufferPointer(\.excerpt),
          option: role.option)
      }
      found.append(name)
    }
    known = KnownFeatures(features, of: owners, hasTimes: found[2] != nil) { file.find([$0]) }
    var set = FeatureSet(known.rules, known: features.vocabularies, utcOffset: utcOffset)
    func slot(_ name: String?) -> Int? { name.map { set.log.slot($0) } }
    slots = (
      slot(found[0]), slot(found[1]), slot(found[2]), slot(found[3]), slot(file.find(["drawn"]))
    )
    self.features = set
    reader = try RecordReader(
      text, knownAs: path, file.form, set.log, malformed: columns.malformed
    ) { _ in }
    reader.lines.account.guesses += file.guesses
    times = TimeReader(field: found[2] ?? "time", unit: columns.timeUnit, utcOffset: utcOffset)
  }
}
