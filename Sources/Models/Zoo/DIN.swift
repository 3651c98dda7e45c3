/// Deep Interest Network (Zhou et al., KDD 2018), in the reference implementation's form:
///
///     x = [user ; user's features ; per history: attention(candidate, entries) ; sum of entries ; candidate ;
///          its numbers and vectors ; sample's features]
///     logit = perceptron(batch_norm(x)), after each hidden layer Dice or what a job says
///
/// with candidate and entries encoded from shared tables (`ItemEncoder`, `EntryEncoder`). Features of events widen the
/// entries; with the original input of the attention, which multiplies candidates and entries, they are added. A job may
/// leave out the sums and the batch norm.
final class DIN: Model {
  static let name = "DIN"
  static let settings = ModelSettings(attention: true, historySum: true, hidden: true)

  private(set) var layout = ModelLayout()
  private let user: Embedding?
  private let userFeatures: FeatureFields
  private let items: ItemEncoder
  private let entries: [EntryEncoder]
  private let attention: [Attention]
  private let sums: Bool
  /// Of the candidate, and of the sample.
  private let features: [FeatureFields]
  private let norm: InputNormalization
  private let perceptron: Perceptron
  private let inputs: Int
  /// Where the candidate's columns begin in x.
  private let candidateStart: Int
  /// Per history: the gradients at the entries [K x width] in each of the pass's sums.
  private var dkeys: [Matrix?]

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    var layout = ModelLayout()
    let itemWidth = configuration.encodedItemWidth
    let adds = configuration.attentionInput == .original
    let widths = FeatureWidths(configuration, events: adds ? itemWidth : nil)
    try widths.check()
    let userWidth = configuration.resolvedUserWidth
    user = userWidth == 0 ? nil : Embedding("user", space: .user, width: userWidth, in: &layout)
    userFeatures = FeatureFields(.users, configuration, widths, in: &layout)
    let items = ItemEncoder(configuration, in: &layout)
    self.items = items
    let hidden = try configuration.attentionWidths()
    entries = configuration.histories.map {
      EntryEncoder($0, items, adds: adds, configuration, widths, in: &layout)
    }
    attention = zip(configuration.histories, entries).map {
      Attention(
        "attention/\($0.rawValue)", queryWidth: itemWidth, keyWidth: $1.width, hidden: hidden,
        input: configuration.attentionInput,
        activation: configuration.attentionActivation, in: &layout)
    }
    sums = configuration.historySum
    dkeys = Array(repeating: nil, count: attention.count)
    features = [ModelFeature.Owner.items, .samples].map {
      FeatureFields($0, configuration, widths, in: &layout)
    }
    candidateStart =
      userWidth + userFeatures.width
      + entries.reduce(0) { $0 + (configuration.historySum ? 2 : 1) * $1.width }
    inputs = candidateStart + itemWidth + features.reduce(0) { $0 + $1.width }
    norm = InputNormalization(columns: inputs, configuration, in: &layout)
    perceptron = Perceptron(inputs: inputs, activation: .dice, configuration, in: &layout)
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
    for (index, encoder) in entries.enumerated() {
      let history = batch.histories[index]
      let keys = encoder.forward(history, pass)
      try attention[index].forward(candidate(x), keys, history, next.take(encoder.width), pass)
      if sums { HistorySum.forward(keys, history, next.take(encoder.width)) }
    }
    _ = next.take(items.width)
    for fields in features { fields.forward(batch, next.take(fields.width), pass) }
    return try perceptron.forward(norm.forward(x, pass), pass)
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    let dx = try norm.backward(perceptron.backward(dlogits, pass), pass)
    var next = Columns(dx)
    _ = next.take((user?.width ?? 0) + userFeatures.width)
    for (index, encoder) in entries.enumerated() {
      let history = batch.histories[index]
      let dattended = next.take(encoder.width)
      let dkeys = Matrix(
        zeros: history.keyPartition, columns: pass.sumCount * encoder.width, in: pass.arena)
      if sums { HistorySum.backward(next.take(encoder.width), history, dkeys, pass) }
      try attention[index].backward(dattended, candidate(dx), dkeys, pass)
      self.dkeys[index] = dkeys
    }
    let count = pass.sumCount
    pass.forEachSum(of: dx) { dx, place in tablesBackward(dx, part: place, of: count, batch, pass) }
  }

  /// From the gradient at x and one sum's at the entries to those of the tables and of what else x is made of.
  private func tablesBackward(_ dx: Matrix, part place: Int, of count: Int, _ batch: Batch, _ pass: Pass) {
    var next = Columns(dx)
    if let user { user.backward(batch.users, next.take(user.width), pass) }
    userFeatures.backward(batch, next.take(userFeatures.width), pass)
    for (index, encoder) in entries.enumerated() {
      guard let dkeys = dkeys[index] else { preconditionFailure("the attention comes first") }
      _ = next.take((sums ? 2 : 1) * encoder.width)
      encoder.backward(batch.histories[index], dkeys.part(place, of: count), pass)
    }
    items.backward(batch.candidates, candidate(dx), pass)
    _ = next.take(items.width)
    for fields in features { fields.backward(batch, next.take(fields.width), pass) }
  }
}
