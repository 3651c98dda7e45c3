import Foundation
import HDF5
import Models
import Support
import Testing

extension ReferenceNumberTests {
  /// A case of the file, read as a whole.
  struct Case {
    var doubles: [String: [Double]] = [:]
    var integers: [String: [Int32]] = [:]
    var loss = ""

    init(_ name: String) throws {
      let file = try HDF5.File(reading: ReferenceNumberTests.file)
      let group = try file.root().group(name)
      loss = try group.text("loss") ?? ""
      try read(group, prefix: "")
    }

    private mutating func read(_ group: borrowing HDF5.Group, prefix: String) throws {
      for member in try group.members() {
        if try group.kind(of: member) == .group {
          try read(try group.group(member), prefix: "\(prefix)\(member)/")
          continue
        }
        let dataset = try group.dataset(member)
        let isInteger =
          prefix.hasPrefix("batch_") && !["labels", "genomes"].contains(member)
          && !member.hasSuffix("_numbers")
          || prefix.isEmpty && ["categor", "brand_"].contains(where: member.hasPrefix)
        if isInteger {
          integers[prefix + member] = try dataset.array(of: Int32.self)
        } else {
          doubles[prefix + member] = try dataset.array(of: Double.self)
        }
      }
    }

    func batch(_ index: Int, _ configuration: ModelConfiguration) throws -> RaggedBatch {
      let (prefix, features) = ("batch_\(index)/", configuration.features)
      return RaggedBatch(
        users: try #require(integers[prefix + "users"]),
        candidates: try #require(integers[prefix + "candidates"]),
        labels: try #require(doubles[prefix + "labels"]).map(Float.init),
        histories: try configuration.histories.map { kind in
          let history = "\(prefix)history_\(kind.rawValue)_"
          let starts = try #require(integers[history + "starts"])
          let lengths = try #require(integers[history + "lengths"])
          return RaggedHistory(
            items: try #require(integers[history + "items"]),
            windows: zip(starts, lengths).map { Int($0)..<Int($0 + $1) },
            events: try features.events(in: kind).map { feature in
              guard feature.name != "action" else {
                return .lists(try #require(integers[history + "actions"]).map { [$0] })
              }
              return try values(of: feature, "\(history)\(feature.name)_")
            })
        },
        fields: try features.fields.map { feature in
          guard feature.name != "genome" else { return try vectors("\(prefix)genomes", feature) }
          return try values(of: feature, "\(prefix)field_\(feature.name)_")
        })
    }

    private func values(of feature: ModelFeature, _ path: String) throws -> RaggedValues {
      switch feature.kind {
      case .values: return .lists(try lists(path))
      case .number:
        let missing = try #require(integers[path + "missing"])
        let numbers = try #require(doubles[path + "numbers"])
        return .numbers(zip(numbers, missing).map { $1 == 0 ? Float($0) : nil })
      case .vector: return try vectors(path + "numbers", feature)
      }
    }

    private func vectors(_ path: String, _ feature: ModelFeature) throws -> RaggedValues {
      guard case .vector(let width) = feature.kind else { preconditionFailure("the feature is a vector") }
      let values = try #require(doubles[path]).map(Float.init)
      return .vectors(stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) })
    }

    /// The lists of values below `path`.
    func lists(_ path: String, offsets: String = "offsets", values: String = "values") throws -> [[Int32]] {
      let offsets = try #require(integers[path + offsets]).map(Int.init)
      let values = try #require(integers[path + values])
      return zip(offsets, offsets.dropFirst()).map { Array(values[$0..<$1]) }
    }
  }
}

extension ReferenceNumberTests.Reference {
  /// Runs `body` in step `step` of a training, where statistics move and outputs are dropped as the case says; nil: out of
  /// training.
  func training<Outcome>(
    _ step: Int?, of batch: RaggedBatch, in harness: Harness, _ body: () throws -> Outcome
  ) throws -> Outcome {
    guard let step else { return try body() }
    harness.pass.keptStatistics = average.kept(step: step)
    guard dropout > 0 else { return try body() }
    defer { harness.pass.dropout = nil }
    return try Array(batch.labels.indices).withUnsafeBufferPointer { rows in
      harness.pass.dropout = DropoutDraw(rate: dropout, seed: 9, step: step, samples: rows.baseAddress!)
      return try body()
    }
  }
}
