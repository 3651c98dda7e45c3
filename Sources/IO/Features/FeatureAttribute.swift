import HDF5
import Support

/// An attribute of a feature's or a vocabulary's group that belongs to the content: what it is, not how it is
/// described.
struct FeatureAttribute {
  enum Value {
    case text(String)
    case texts([String])
    case integer(Int64)
    case real(Double)
    case reals([Double])
  }

  let name: String
  let value: Value

  /// In the order of the bytes of their names.
  static func of(_ feature: Feature, index: Int) -> [FeatureAttribute] {
    var attributes = [FeatureAttribute(name: "index", value: .integer(Int64(index)))]
    func add(_ name: String, _ value: Value) { attributes.append(FeatureAttribute(name: name, value: value)) }
    switch feature.kind {
    case .categorical(let vocabulary, let table):
      add("kind", .text("categorical"))
      add("vocabulary", .text(vocabulary))
      add("table", .text(table))
      add("list", .integer(feature.isList ? 1 : 0))
    case .numeric(let steps):
      add("kind", .text("numeric"))
      add("transform", .texts(steps.map(\.name)))
      for step in steps {
        switch step {
        case .log: break
        case .standardised(let mean, let deviation):
          add("mean", .real(mean))
          add("deviation", .real(deviation))
        case .quantiles(let edges): add("edges", .reals(edges))
        }
      }
    case .vector: add("kind", .text("vector"))
    }
    return sorted(attributes)
  }

  /// In the order of the bytes of their names.
  static func of(_ vocabulary: Vocabulary) -> [FeatureAttribute] {
    var attributes = [FeatureAttribute(name: "rows", value: .integer(Int64(vocabulary.tableRows)))]
    func add(_ name: String, _ value: Value) { attributes.append(FeatureAttribute(name: name, value: value)) }
    switch vocabulary.content {
    case .values(_, let known, let minimumCount):
      add("kind", .text("values"))
      add("known", .integer(Int64(known)))
      add("min_count", .integer(Int64(minimumCount)))
    case .hashed:
      add("kind", .text("hashed"))
      if let (distinct, colliding) = vocabulary.collisions {
        add("distinct", .integer(Int64(distinct)))
        add("collisions", .integer(Int64(colliding)))
      }
    }
    return sorted(attributes)
  }

  private static func sorted(_ attributes: [FeatureAttribute]) -> [FeatureAttribute] {
    attributes.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  func write(to group: borrowing HDF5.Group) throws {
    switch value {
    case .text(let text): try group.setAttribute(name, text)
    case .texts(let texts): try group.setAttribute(name, texts)
    case .integer(let integer): try group.setAttribute(name, integer)
    case .real(let real): try group.setAttribute(name, real)
    case .reals(let reals): try group.setAttribute(name, reals)
    }
  }

  /// As it joins the digest: reals as the hexadecimal digits of their bits, several values joined by commas.
  var digestText: String {
    func bits(_ real: Double) -> String {
      let digits = String(real.bitPattern, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    switch value {
    case .text(let text): return text
    case .texts(let texts): return texts.joined(separator: ",")
    case .integer(let integer): return "\(integer)"
    case .real(let real): return bits(real)
    case .reals(let reals): return reals.map(bits).joined(separator: ",")
    }
  }
}
