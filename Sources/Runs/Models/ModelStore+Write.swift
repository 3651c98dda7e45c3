import Dist
import IO
import LCFT
import Models
import Support

extension ModelStore {
  /// Writes a trainer's model and optimiser as the checkpoint `path`, from rank 0, and returns the content's digest on every
  /// rank. Rows that only other hosts have come piece by piece. A model that is no longer finite is never written: throws
  /// `TrainingError.diverged` then, with `lastGood` as the hint.
  @discardableResult
  func write(
    _ trainer: CloudTrainer, _ position: TrainingPosition, optimizer keepsOptimizer: Bool = true,
    group: Checkpoint.Group? = nil, catalogue: Checkpoint.CatalogueName? = nil,
    parent: Checkpoint.Parent? = nil, to path: String, lastGood: String
  ) throws -> String {
    let start = session.clock.now()
    defer { session.clock.end(.checkpoint, since: start) }
    let weights = trainer.weights
    let steps = position.epoch * trainer.stepsPerEpoch + position.step
    let tensors =
      weights.denseTensors.map { ($0, "dense") } + weights.embeddingTensors.map { ($0, "embeddings") }
      + (keepsOptimizer ? trainer.state.tensors(for: weights).map { ($0, "optimizer") } : [])
    // The ranks of a host have the same tables.
    let isFinite = session.sharing.leads ? tensors.allSatisfy(\.0.isFinite) : true
    guard try session.communicator.allreduce(isFinite ? 1 : 0, .minimum) == 1 else {
      let epoch = position.step > 0 ? position.epoch : position.epoch - 1
      throw TrainingError.diverged(
        epoch: epoch + 1, step: position.step > 0 ? position.step : trainer.stepsPerEpoch,
        learningRate: trainer.rate(done: max(steps - 1, 0)), lastCheckpoint: lastGood)
    }
    let rows = GatheredRows(tensors, inputs.spread?.owners, session.communicator)
    let digest = try session.communicator.collectively {
      guard session.leads else {
        if session.sharing.leads { try rows.send() }
        return ""
      }
      let outline = Checkpoint(
        model: inputs.job.model.name, dense: [], embeddings: [], optimizer: [],
        progress: Checkpoint.Progress(
          epoch: position.epoch, step: steps, seed: inputs.job.seed, losses: position.losses,
          shardLosses: position.shardLosses, evaluations: position.evaluations),
        job: inputs.job.text, datasetDigest: inputs.datasetDigest, group: group, catalogue: catalogue,
        parent: parent)
      let written = Result { try CheckpointFile.write(outline, rows.streams, to: path) }
      // Nobody waits for a rank that has given up.
      if case .failure = written { try rows.drain() }
      return try written.get()
    }
    return try session.communicator.broadcast(digest, from: 0)
  }
}

/// The rows of tensors on their way to rank 0, which writes them: those of users from the hosts that have them, each a piece
/// at a time, in the order in which they are written.
final class GatheredRows {
  private let tensors: [(tensor: StoredTensor, outline: TensorOutline)]
  /// Nil where rank 0 has all rows.
  private let owners: UserOwners?
  private let communicator: any Communicator
  /// The pieces of tensors whose rows are on several hosts, and how many have come.
  private let pieces: [(tensor: Int, rows: Range<Int>)]
  private var arrived = 0
  private var buffer = GrowableBuffer<Float>()

  /// `tensors` with their groups in the file.
  init(_ tensors: [(StoredTensor, String)], _ owners: UserOwners?, _ communicator: any Communicator) {
    let own = tensors.map { (tensor: $0, outline: $0.outline(in: $1)) }
    self.tensors = own
    self.owners = owners
    self.communicator = communicator
    pieces =
      owners == nil
      ? []
      : Array(own.indices).inPathOrder { own[$0].outline }.filter { own[$0].tensor.space == .user }
        .flatMap { index in own[index].outline.pieces.map { (index, $0) } }
  }

  /// On rank 0, what `CheckpointFile` writes.
  var streams: [TensorStream] {
    tensors.indices.map { index in
      TensorStream(tensors[index].outline) { [self] rows, body in try withRows(index, rows, body) }
    }
  }

  private func withRows(
    _ index: Int, _ rows: Range<Int>, _ body: (UnsafeBufferPointer<Float>) throws -> Void
  ) throws {
    let (tensor, outline) = tensors[index]
    guard owners != nil, tensor.space == .user else {
      return try withExtendedLifetime(tensor) {
        try body(
          UnsafeBufferPointer(
            start: tensor.values + rows.lowerBound * outline.width, count: rows.count * outline.width))
      }
    }
    precondition(pieces[arrived] == (index, rows), "pieces come in the order in which they are written")
    try body(UnsafeBufferPointer(try receive()))
  }

  /// Receives what has not come, where writing has failed.
  func drain() throws { while arrived < pieces.count { _ = try receive() } }

  /// The next piece.
  private func receive() throws -> UnsafeMutableBufferPointer<Float> {
    let (index, rows) = pieces[arrived]
    arrived += 1
    let (tensor, width) = (tensors[index].tensor, tensors[index].outline.width)
    let values = buffer.resetUninitialized(rows.count * width)
    try forEachPart(of: rows) { rank, part in
      let target = UnsafeMutableBufferPointer(
        start: values + (part.lowerBound - rows.lowerBound) * width, count: part.count * width)
      if rank == communicator.rank {
        _ = target.update(
          fromContentsOf: UnsafeBufferPointer(
            start: tensor.values + part.lowerBound * width, count: target.count))
      } else {
        try communicator.receive(target, from: rank, tag: Tag.checkpointRows)
      }
    }
    return UnsafeMutableBufferPointer(start: values, count: rows.count * width)
  }

  /// On the first rank of another host: sends the rows that it has.
  func send() throws {
    for (index, rows) in pieces {
      let (tensor, width) = (tensors[index].tensor, tensors[index].outline.width)
      try forEachPart(of: rows) { rank, part in
        guard rank == communicator.rank else { return }
        try communicator.send(
          UnsafeBufferPointer(start: tensor.values + part.lowerBound * width, count: part.count * width),
          to: 0, tag: Tag.checkpointRows)
      }
    }
  }

  /// Calls `body` with the first rank of each host that has some of `rows`, and with those.
  private func forEachPart(of rows: Range<Int>, _ body: (Int, Range<Int>) throws -> Void) rethrows {
    guard let owners else { return }
    for (host, users) in owners.users.enumerated() {
      let part = rows.clamped(to: users)
      if !part.isEmpty { try body(owners.layout.ranks[host][0], part) }
    }
  }
}

extension GatheredRows {
  /// Brings the rows of all users in the tables of `weights`, of which each host has its own, to every host. Collective.
  static func share(_ weights: Weights, _ owners: UserOwners, _ session: Session) throws {
    let communicator = session.communicator
    var unused = GrowableBuffer<Float>()
    for tensor in weights.embeddingTensors where tensor.space == .user {
      let outline = tensor.outline(in: "embeddings")
      for rows in outline.pieces {
        for (host, users) in owners.users.enumerated() {
          let (part, width) = (rows.clamped(to: users), outline.width)
          if part.isEmpty { continue }
          // Of the ranks of a host one takes the rows; the others take part in the broadcast.
          let start =
            session.sharing.leads
            ? tensor.values + part.lowerBound * width : unused.resetUninitialized(part.count * width)
          try communicator.broadcast(
            UnsafeMutableBufferPointer(start: start, count: part.count * width),
            from: owners.layout.ranks[host][0])
        }
      }
    }
    try session.sharing.barrier()
  }
}
