import Foundation
import IO
import TestSupport
import Testing

@Suite struct CheckpointFileTests {
  let folder = try! FileTestFolder()

  @Test func comesBackBitForBit() throws {
    let checkpoint = ExampleFiles.checkpoint()
    try CheckpointFile.write(checkpoint, to: folder.file("c.h5"))
    let read = try CheckpointFile.read(folder.file("c.h5"))
    for (left, right) in [
      (read.dense, checkpoint.dense), (read.embeddings, checkpoint.embeddings),
      (read.optimizer, checkpoint.optimizer),
    ] {
      #expect(left.map(\.name) == right.map(\.name))
      #expect(left.map(\.shape) == right.map(\.shape))
      #expect(left.map { $0.values.map(\.bitPattern) } == right.map { $0.values.map(\.bitPattern) })
    }
    #expect(read.model == checkpoint.model)
    #expect(read.progress == checkpoint.progress)
    #expect(read.job == checkpoint.job)
    #expect(read.datasetDigest == checkpoint.datasetDigest)
    #expect(read.contentDigest() == checkpoint.contentDigest())
    #expect(try FileHeader.read(folder.file("c.h5")).contentDigest == checkpoint.contentDigest())
  }

  /// Tensors that are written and read piece by piece, each longer than a piece.
  @Test func tensorsAreWrittenAndReadInPieces() throws {
    let values = (0..<2_000_003).map { Float($0 % 1021) / 7 }
    func tensor(_ name: String, _ shape: [Int]) -> NamedTensor {
      NamedTensor(name: name, shape: shape, values: Array(values.prefix(shape.reduce(1, *))))
    }
    var checkpoint = ExampleFiles.checkpoint()
    checkpoint.embeddings = [
      tensor("user", [600_001, 3]), tensor("item", [200_000, 9]), tensor("none", [0, 4]),
    ]
    checkpoint.dense = [tensor("one/bias", [2_000_003]), tensor("one/scale", [])]
    let path = folder.file("large.h5")
    try CheckpointFile.write(checkpoint, to: path)
    #expect(try FileHeader.read(path).contentDigest == checkpoint.contentDigest())
    #expect(try CheckpointFile.read(path).embeddings == checkpoint.embeddings)
    #expect(try CheckpointFile.read(path).dense == checkpoint.dense)

    // Some rows go where they are wanted, and no others.
    let table = UnsafeMutablePointer<Float>.allocate(capacity: 1_800_003)
    defer { table.deallocate() }
    for rows in [0..<600_001, 0..<1, 123_456..<456_789, 600_001..<600_001] {
      table.update(repeating: -1, count: 1_800_003)
      let digest = try CheckpointFile.read(path) { outline, tensors in
        #expect(outline.job == checkpoint.job && tensors.count >= 5)
        return tensors.filter { $0.path == "/embeddings/user" }.map { TensorTarget($0, table, rows: rows) }
      }
      #expect(digest == checkpoint.contentDigest())
      let wanted = (0..<1_800_003).map { rows.contains($0 / 3) ? values[$0] : -1 }
      #expect(UnsafeBufferPointer(start: table, count: 1_800_003).elementsEqual(wanted))
    }
    table.update(repeating: -1, count: 1_800_003)
    let user = TensorOutline(group: "embeddings", name: "user", shape: [600_001, 3])
    try CheckpointFile.readRows(70..<75, of: [TensorTarget(user, table, rows: 0..<0)], from: path)
    #expect((0..<300).allSatisfy { table[$0] == ((210..<225).contains($0) ? values[$0] : -1) })
    let other = TensorOutline(group: "embeddings", name: "user", shape: [600_001, 4])
    expectFileError(["large.h5", "/embeddings/user"]) {
      try CheckpointFile.readRows(0..<1, of: [TensorTarget(other, table, rows: 0..<0)], from: path)
    }
  }

  /// Within an epoch a checkpoint knows the epoch's losses so far, to the bit; its digest is of the tensors alone.
  @Test func stateWithinAnEpochComesBack() throws {
    var checkpoint = ExampleFiles.checkpoint()
    let digest = checkpoint.contentDigest()
    checkpoint.progress.losses = [0.5]
    checkpoint.progress.shardLosses = [0.1, 1 / 3.0, .leastNonzeroMagnitude]
    try CheckpointFile.write(checkpoint, to: folder.file("step.h5"))
    #expect(try CheckpointFile.read(folder.file("step.h5")).progress == checkpoint.progress)
    #expect(try CheckpointFile.readProgress(folder.file("step.h5")) == checkpoint.progress)
    #expect(try FileHeader.read(folder.file("step.h5")).contentDigest == digest)
  }

  @Test func evaluationsComeBack() throws {
    var checkpoint = ExampleFiles.checkpoint()
    let digest = checkpoint.contentDigest()
    checkpoint.progress.evaluations = [
      .init(epoch: 0, step: 10, userAUC: 1 / 3.0, logLoss: 0.7, calibration: 1.5),
      .init(epoch: 1, step: 20, userAUC: nil, logLoss: .leastNonzeroMagnitude, calibration: nil),
    ]
    try CheckpointFile.write(checkpoint, to: folder.file("c.h5"))
    #expect(try CheckpointFile.read(folder.file("c.h5")).progress == checkpoint.progress)
    #expect(try CheckpointFile.readOutline(folder.file("c.h5")).progress == checkpoint.progress)
    #expect(try FileHeader.read(folder.file("c.h5")).contentDigest == digest)
  }

  @Test func groupComesBack() throws {
    var checkpoint = ExampleFiles.checkpoint()
    try CheckpointFile.write(checkpoint, to: folder.file("cloud.h5"))
    #expect(try CheckpointFile.read(folder.file("cloud.h5")).group == nil)
    checkpoint.group = Checkpoint.Group(
      name: "low", above: -1, upTo: 1 / 3.0, users: 12, correction: "soft1", cloudDigest: "abc")
    try CheckpointFile.write(checkpoint, to: folder.file("low.h5"))
    #expect(try CheckpointFile.read(folder.file("low.h5")).group == checkpoint.group)
  }

  @Test func parentComesBack() throws {
    var checkpoint = ExampleFiles.checkpoint()
    let digest = checkpoint.contentDigest()
    checkpoint.parent = Checkpoint.Parent(
      digest: "abc", datasetDigest: "def", optimizer: "kept", newRows: "average", epochs: 7, steps: 91,
      optimizerSteps: 12, changedNumbers: ["users/age", "items/größe"],
      rows: [
        .init(name: "users", kept: 5, new: 0, dropped: 2),
        .init(name: "table/brand", kept: 1, new: 300_000_000_000, dropped: 0, keepsUnknown: true),
      ])
    for change in [true, false] {
      if !change { checkpoint.parent?.changedNumbers = [] }
      try CheckpointFile.write(checkpoint, to: folder.file("warm.h5"))
      #expect(try CheckpointFile.read(folder.file("warm.h5")).parent == checkpoint.parent)
      #expect(try CheckpointFile.readOutline(folder.file("warm.h5")).parent == checkpoint.parent)
    }
    #expect(checkpoint.contentDigest() == digest)
  }

  @Test func sameContentGivesTheSameBytes() throws {
    for name in ["a.h5", "b.h5"] {
      try CheckpointFile.write(
        ExampleFiles.checkpoint(), to: folder.file(name), created: ExampleFiles.created)
    }
    #expect(try folder.bytes("a.h5") == folder.bytes("b.h5"))
  }

  @Test func digestIsOfTheTensorsAlone() {
    let checkpoint = ExampleFiles.checkpoint()
    var other = checkpoint
    other.progress.step += 1
    other.job = ""
    other.dense.reverse()
    #expect(other.contentDigest() == checkpoint.contentDigest())
    other.dense[0].values[0] += 1
    #expect(other.contentDigest() != checkpoint.contentDigest())
    other = checkpoint
    other.embeddings[1].shape = [0, 8]
    #expect(other.contentDigest() != checkpoint.contentDigest())
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func h5pyReadsWhatWasWritten() throws {
    let checkpoint = ExampleFiles.checkpoint()
    let path = folder.file("c.h5")
    try CheckpointFile.write(checkpoint, to: path)
    let digest = try ForeignTool.script("content_digest.py", [path])
    #expect(digest.trimmingCharacters(in: .newlines) == checkpoint.contentDigest())
    let shown = try ForeignTool.json(
      "show.py",
      [
        path, "/job", "/dense/bias", "/dense/mlp/0/weight", "/optimizer/adam/m/mlp/0/weight",
        "/progress@step", "/progress@seed", "/progress/losses", "/@model",
      ])
    #expect(shown["/job"] as? String == checkpoint.job)
    #expect(shown["/dense/bias"] as? Double == -2.5)
    #expect((shown["/dense/mlp/0/weight"] as? [[Double]])?[0][1] == 2)
    #expect(shown["/optimizer/adam/m/mlp/0/weight"] as? [[[Double]]] == [[[1, 2, 3]], [[4, 5, 6]]])
    #expect(shown["/progress@step"] as? Int == 123_456_789_012)
    #expect((shown["/progress@seed"] as? NSNumber)?.uint64Value == 0xFFFF_FFFF_FFFF_FFFE)
    #expect(shown["/progress/losses"] as? [Double] == [0.69, 0.4])
    #expect(shown["/@model"] as? String == "DIN")
  }

  @Test(.enabled(if: ForeignTool.hasHDF5Tools, ForeignTool.withoutHDF5Tools))
  func h5dumpShowsWhatWasWritten() throws {
    let path = folder.file("c.h5")
    try CheckpointFile.write(ExampleFiles.checkpoint(), to: path)
    let weights = try ForeignTool.run("h5dump", ["-d", "/dense/mlp/0/weight", path])
    #expect(weights.contains("H5T_IEEE_F32LE"))
    #expect(weights.contains("(0,0): 1, 2, 3, 1.4013e-45"))
    let step = try ForeignTool.run("h5dump", ["-a", "/progress/step", path])
    #expect(step.contains("123456789012"))
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func readsWhatH5pyWrote() throws {
    _ = try ForeignTool.script("write_checkpoint.py", [folder.file("c.h5")])
    let expected = Checkpoint(
      model: "LR",
      dense: [
        NamedTensor(name: "mlp/0/bias", shape: [2], values: [0.1, 0.2]),
        NamedTensor(name: "mlp/1/weight", shape: [2, 3], values: [0, 1, 2, 3, 4, 5]),
        NamedTensor(name: "scale", shape: [], values: [7]),
      ],
      embeddings: [
        NamedTensor(name: "item", shape: [5, 2], values: [Float](repeating: 0.5, count: 10))
      ], optimizer: [], progress: .init(epoch: 2, step: 10, seed: 3, losses: [0.7, 0.6]),
      job: String(repeating: "model: LR\n", count: 20000), datasetDigest: "00ff")
    var read = try CheckpointFile.read(folder.file("c.h5"))
    read.dense.sort { $0.name < $1.name }
    #expect(read == expected)
  }

  @Test func namesThatAreNoPaths() throws {
    for name in ["", "/a", "a//b", "a/", "./a", "a\0b"] {
      var checkpoint = ExampleFiles.checkpoint()
      checkpoint.dense = [NamedTensor(name: name, shape: [1], values: [1])]
      expectFileError([folder.file("c.h5"), "/dense", "cannot be a name"]) {
        try CheckpointFile.write(checkpoint, to: folder.file("c.h5"))
      }
    }
    var checkpoint = ExampleFiles.checkpoint()
    checkpoint.dense = ["a", "a/b"].map { NamedTensor(name: $0, shape: [1], values: [1]) }
    expectFileError(["/dense/a", "a group expected"]) {
      try CheckpointFile.write(checkpoint, to: folder.file("c.h5"))
    }
    checkpoint.dense = ["a", "a"].map { NamedTensor(name: $0, shape: [1], values: [1]) }
    expectFileError(["/dense/a", "cannot create the data set"]) {
      try CheckpointFile.write(checkpoint, to: folder.file("c.h5"))
    }
    #expect(try folder.names() == [])
  }
}
