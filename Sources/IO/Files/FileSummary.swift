/// What a file holds, without its columns: the header, all attributes, and every data set's shape and size.
public struct FileSummary: Sendable {
  public struct Attribute: Sendable, Equatable {
    public var name: String
    public var value: HDF5.AttributeValue

    public init(name: String, value: HDF5.AttributeValue) {
      self.name = name
      self.value = value
    }
  }

  public struct Group: Sendable, Equatable {
    /// Absolute; `/` for the root.
    public var path: String
    public var attributes: [Attribute]
  }

  public struct Dataset: Sendable, Equatable {
    /// Absolute.
    public var path: String
    /// Empty for a scalar.
    public var shape: [Int]
    /// For example `int32` or `string[12]`.
    public var type: String
    /// Bytes in the file, compressed.
    public var storedBytes: Int
    /// For example `shuffle`, `deflate`.
    public var filters: [String]
    /// The attribute `description`; empty where there is none.
    public var description: String
    public var attributes: [Attribute]
  }

  public var header: FileHeader
  public var fileBytes: Int
  /// The root first.
  public var groups: [Group]
  public var datasets: [Dataset]

  /// The root's attributes, those of `header` among them.
  public var attributes: [Attribute] { groups[0].attributes }

  /// The root attribute `name`, if there is one.
  public func attribute(_ name: String) -> HDF5.AttributeValue? {
    attributes.first { $0.name == name }?.value
  }

  /// Reads the attributes and shapes of the file `path`, of whichever kind. Throws `FileError`.
  public static func read(_ path: String) throws -> FileSummary {
    let file = try HDF5.File(reading: path)
    let root = try file.root()
    let header = try FileHeader(root)
    var groups = [Group(path: "/", attributes: try attributes(of: root))]
    var datasets: [Dataset] = []
    try root.walk(
      onGroup: { name, group in
        groups.append(Group(path: "/" + name, attributes: try attributes(of: group)))
      },
      onDataset: { name, dataset in
        datasets.append(
          Dataset(
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
