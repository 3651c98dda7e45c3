import CHDF5

extension HDF5 {
  /// A group: a folder of data sets and groups (`H5Gopen2`, `H5Gcreate2`, `H5Gclose`).
  package struct Group: ~Copyable, AttributeOwner {
    let identifier: Identifier
    package let location: Location
    package var rawIdentifier: hid_t { identifier.raw }

    private init(owning raw: hid_t, _ location: Location) {
      identifier = Identifier(owning: raw, closing: H5Gclose)
      self.location = location
    }

    init(in parent: hid_t, opening name: String, _ location: Location) throws {
      self.init(
        owning: try HDF5.call("open the group", location) { H5Gopen2(parent, name, lcft_h5p_default()) },
        location)
    }

    /// The group `name` (components joined by `/`). Throws `HDF5Error.missing` or `.wrongType`.
    package func group(_ name: String) throws -> Group {
      try Group(in: rawIdentifier, opening: name, place(of: name, .group))
    }

    /// The data set `name` (components joined by `/`). Throws `HDF5Error.missing` or `.wrongType`.
    package func dataset(_ name: String) throws -> Dataset {
      try Dataset(in: rawIdentifier, opening: name, place(of: name, .dataset))
    }

    /// Where `name` is, which must be of the kind `wanted`. Throws `HDF5Error.missing` or `.wrongType`.
    private func place(of name: String, _ wanted: Kind) throws -> Location {
      let place = location.appending(name)
      guard let found = try kind(of: name) else { throw HDF5Error.missing(place, what: wanted.rawValue) }
      guard found == wanted else {
        throw HDF5Error.wrongType(place, expected: wanted.text, found: found.text)
      }
      return place
    }

    /// Makes the group `name` and those above it that do not exist yet; opens it where it exists.
    package func makeGroup(_ name: String) throws -> Group {
      let components = try Self.components(of: name, at: location)
      var group = try makeChild(components[0])
      for component in components.dropFirst() { group = try group.makeChild(component) }
      return group
    }

    private func makeChild(_ name: String) throws -> Group {
      let place = location.appending(name)
      if try kind(of: name) != nil { return try group(name) }
      let creation = try PropertyList.groupCreation(place)
      let (parent, settings) = (rawIdentifier, creation.raw)
      return Group(
        owning: try HDF5.call("create the group", place) {
          H5Gcreate2(parent, name, lcft_h5p_default(), settings, lcft_h5p_default())
        }, place)
    }

    package enum Kind: String, Sendable {
      case group = "group"
      case dataset = "data set"
      case other = "object"

      /// With its article.
      fileprivate var text: String {
        self == .other ? "another \(rawValue), or a link into another file" : "a \(rawValue)"
      }
    }

    package func contains(_ name: String) throws -> Bool { try kind(of: name) != nil }

    /// What `name` (components joined by `/`) is; nil where there is nothing. Only objects that lie in this
    /// file count: soft links that lead nowhere and links into other files are `other`.
    package func kind(of name: String) throws -> Kind? {
      let place = location.appending(name)
      let raw = rawIdentifier
      var path = ""
      for component in try Self.components(of: name, at: location) {
        path += path.isEmpty ? component : "/" + component
        let step = path
        guard try HDF5.call("look for the name", place, { H5Lexists(raw, step, lcft_h5p_default()) }) > 0
        else { return nil }
        if try HDF5.call("follow the link", place, { lcft_h5l_stays(raw, step) }) == 0 { return .other }
        let object = Identifier(
          owning: try HDF5.call("open the object", place) { H5Oopen(raw, step, lcft_h5p_default()) },
          closing: H5Oclose)
        let type = H5Iget_type(object.raw)
        if path != name {
          if type != H5I_GROUP { return nil }
          continue
        }
        return type == H5I_GROUP ? .group : type == H5I_DATASET ? .dataset : .other
      }
      return nil
    }

    /// Names of the group's members that lie in this file (hard links), in the order of their bytes.
    package func members() throws -> [String] {
      let raw = rawIdentifier
      return try HDF5.names("list the group", location) { lcft_h5l_names(raw, $0, $1) }
    }

    /// The components of a path below a group. Throws `HDF5Error.invalidName` where HDF5 would read
    /// something else from it: an empty component, `.`, or a NUL.
    package static func components(of name: String, at location: Location) throws(HDF5Error) -> [String] {
      let components = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      for component in components where component.isEmpty || component == "." || component.utf8.contains(0) {
        throw .invalidName(location, name: name)
      }
      return components
    }
  }
}
