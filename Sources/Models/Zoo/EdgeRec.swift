/// EdgeRec (Gong et al., CIKM 2020), on a user's exposures and actions on them:
///
///     states of a sequence = GRU(its entries)
///     x = [user ; user's features ; attention(candidate, states of exposures) ;
///          attention(candidate, states of actions) ; candidate ; its numbers and vectors ; sample's features]
///     logit = perceptron(batch_norm(x)), after each hidden layer PReLU or what a job says
///
/// with candidate and entries encoded from shared tables (`ItemEncoder`) and the entries widened by what is known of the
/// events (`EntryEncoder`), for an action its kind. A job may leave out the batch norm.
final class EdgeRec: Model {
  static let name = "EdgeRec"
  static let settings = ModelSettings(
    attention: true, hidden: true, recurrent: true, histories: [.exposures, .actions])

  private(set) var layout = ModelLayout()
  private let user: Embedding?
  private let userFeatures: FeatureFields
  private let items: ItemEncoder
  /// Of exposures, then of actions.
  private let entries: [EntryEncoder]
  private let recurrent: [GRU]
  private let attention: [Attention]
  /// Of the candidate, and of the sample.
  private let features: [FeatureFields]
  private let norm: InputNormalization
  private let perceptron: Perceptron
  private let inputs: Int
  /// Where the candidate's columns begin in x.
  private let candidateStart: Int
  private var sequences: [(states: Matrix, history: History)?] = [nil, nil]
  /// The gradients at the states, in each of the pass's sums.
  private var dstates: [Matrix?] = [nil, nil]

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    let (width, stateWidth) = (configuration.encodedItemWidth, configuration.recurrent)
    guard configuration.attentionInput == .concatenated || stateWidth == width else {
      throw .stateWidth(model: configuration.name, width: stateWidth, itemWidth: width)
    }
    let widths = FeatureWidths(configuration)
    try widths.check()
    let hidden = try configuration.attentionWidths()
    var layout = ModelLayout()
    let userWidth = configuration.resolvedUserWidth
    user = userWidth == 0 ? nil : Embedding("user", space: .user, width: userWidth, in: &layout)
    userFeatures = FeatureFields(.users, configuration, widths, in: &layout)
    let items = ItemEncoder(configuration, in: &layout)
    self.items = items
    entries = configuration.histories.map {
      EntryEncoder($0, items, adds: false, configuration, widths, in: &layout)
    }
    recurrent = zip(configuration.histories, entries).map {
      GRU("gru/\($0.rawValue)", inputs: $1.width, width: stateWidth, in: &layout)
    }
    attention = configuration.histories.map {
      Attention(
        "attention/\($0.rawValue)", queryWidth: width, keyWidth: stateWidth, hidden: hidden,
        input: configuration.attentionInput,
        activation: configuration.attentionActivation, in: &layout)
    }
    features = [ModelFeature.Owner.items, .samples].map {
      FeatureFields($0, configuration, widths, in: &layout)
    }
    candidateStart = userWidth + userFeatures.width + entries.count * stateWidth
    inputs = candidateStart + width + features.reduce(0) { $0 + $1.width }
    norm = InputNormalization(columns: inputs, configuration, in: &layout)
    perceptron = Perceptron(inputs: inputs, activation: .prelu, configuration, in: &layout)
    self.layout = layout
  }

  private func candidate(_ x: Matrix) -> Matrix {
    x.columns(candidateStart..<candidateStart + items.width)
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let x = Matrix(batch.partition, columns: inputs, in: pass.arena)
    var next = Columns(x)
    if let user { user.forward(batch.users, next.take(user.width), pass) }
    userFeatures.forward(batch, next.take(userFeatures.width), pass)
    items.forward(batch.candidates, candidate(x), pass)
    for index in recurrent.indices {
      let history = batch.histories[index]
      let sequence = recurrent[index].forward(
        entries[index].forward(history, pass), history, samples: x.rows, pass)
      try attention[index].forward(
        candidate(x), sequence.states, sequence.history, next.take(recurrent[index].width), pass)
      sequences[index] = sequence
    }
    _ = next.take(items.width)
    for fields in features { fields.forward(batch, next.take(fields.width), pass) }
    return try perceptron.forward(norm.forward(x, pass), pass)
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    let dx = try norm.backward(perceptron.backward(dlogits, pass), pass)
    var next = Columns(dx)
    _ = next.take((user?.width ?? 0) + userFeatures.width)
    for index in recurrent.indices {
      guard let states = sequences[index]?.states else { preconditionFailure("backward follows forward") }
      let width = recurrent[index].width
      let dstates = Matrix(zeros: states.partition, columns: pass.sumCount * width, in: pass.arena)
      try attention[index].backward(next.take(width), candidate(dx), dstates, pass)
      self.dstates[index] = dstates
    }
    let count = pass.sumCount
    pass.forEachSum(of: dx) { dx, place in sequencesBackward(dx, part: place, of: count, batch, pass) }
  }

  /// From the gradient at x and one sum's at the states to those of the sequences, of the tables and of what else x is made
  /// of.
  private func sequencesBackward(
    _ dx: Matrix, part place: Int, of count: Int, _ batch: Batch, _ pass: Pass
  ) {
    var next = Columns(dx)
    if let user { user.backward(batch.users, next.take(user.width), pass) }
    userFeatures.backward(batch, next.take(userFeatures.width), pass)
    for index in recurrent.indices {
      guard let dstates = dstates[index] else { preconditionFailure("the attention comes first") }
      let history = batch.histories[index]
      _ = next.take(recurrent[index].width)
      let dentries = Matrix(zeros: history.keyPartition, columns: entries[index].width, in: pass.arena)
      recurrent[index].backward(dstates.part(place, of: count), dentries, pass)
      entries[index].backward(history, dentries, pass)
    }
    items.backward(batch.candidates, candidate(dx), pass)
    _ = next.take(items.width)
    for fields in features { fields.backward(batch, next.take(fields.width), pass) }
  }
}
