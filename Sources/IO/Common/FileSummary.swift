import HDF5
import Support

/// What a file holds, without its columns: the header, all attributes, and every data set's shape and size.
package struct FileSummary: Sendable {
  package struct Attribute: Sendable, Equatable {
    package var name: String
    package var value: HDF5.AttributeValue

    package init(name: String, value: HDF5.AttributeValue) {
      self.name = name
      self.value = value
    }
  }

  package struct Group: Sendable, Equatable {
    /// Absolute; `/` for the root.
    package var path: String
    package var attributes: [Attribute]
  }

  package struct StoredDataset: Sendable, Equatable {
    /// Absolute.
    package var path: String
    /// Empty for a scalar.
    package var shape: [Int]
    /// For example `int32` or `string[12]`.
    package var type: String
    /// Bytes in the file, compressed.
    package var storedBytes: Int
    /// For example `shuffle`, `deflate`.
    package var filters: [String]
    /// The attribute `description`; empty where there is none.
    package var description: String
    package var attributes: [Attribute]
  }

  package var header: FileHeader
  package var fileBytes: Int
  /// The root first.
  package var groups: [Group]
  package var datasets: [StoredDataset]

  /// The root's attributes, those of `header` among them.
  package var attributes: [Attribute] { groups[0].attributes }

  /// The root attribute `name`, if there is one.
  package func attribute(_ name: String) -> HDF5.AttributeValue? {
    attributes.first { $0.name == name }?.value
  }

  /// Reads the attributes and shapes of the file `path`, of whichever kind. Throws a file error.
  package static func read(_ path: String) throws -> FileSummary {
    let file = try StoredFile.open(path)
    let root = try file.root()
    let header = try FileHeader(root)
    var groups = [Group(path: "/", attributes: try attributes(of: root))]
    var datasets: [StoredDataset] = []
    try root.walk(
      onGroup: { name, group in
        groups.append(Group(path: "/" + name, attributes: try attributes(of: group)))
      },
      onDataset: { name, dataset in
        datasets.append(
          StoredDataset(
            path: "/" + name, shape: dataset.extent ?? [0], type: dataset.type.name,
            storedBytes: dataset.storedBytes(), filters: try dataset.filters(),
            description: try dataset.text("description") ?? "", attributes: try attributes(of: dataset)))
      })
    return FileSummary(header: header, fileBytes: try file.size(), groups: groups, datasets: datasets)
  }

  private static func attributes<Owner: HDF5.AttributeOwner & ~Copyable>(
    of owner: borrowing Owner
  ) throws -> [Attribute] {
    try owner.attributeNames().compactMap { name in
      try owner.attributeValue(name).map { Attribute(name: name, value: $0) }
    }
  }
}
