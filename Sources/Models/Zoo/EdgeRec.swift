/// EdgeRec (Gong et al., CIKM 2020), on a user's exposures and actions on them:
///
///     states of a sequence = GRU(its entries)
///     x = [user ; attention(candidate, states of exposures) ; attention(candidate, states of actions) ;
///          candidate ; genome where present]
///     logit = perceptron(batch_norm(x)), PReLU after each hidden layer
///
/// with candidate and exposures encoded as [item ; mean of categories] from shared tables, an action as
/// [item ; mean of categories ; kind of action], and the candidate's tag genome through a linear layer.
final class EdgeRec: Model {
  static let name = "EdgeRec"
  static let settings = ModelSettings(
    attention: true, hidden: true, recurrent: true, histories: [.exposures, .actions])

  private(set) var layout = ModelLayout()
  private let user: Embedding
  private let items: ItemEncoder
  private let action: ActionEmbedding
  /// Of exposures, then of actions.
  private let recurrent: [GRU]
  private let attention: [Attention]
  private let genome: GenomeField?
  private let norm: BatchNormalization
  private let perceptron: Perceptron
  /// Where each field lies in x: user, attention to exposures and to actions, candidate, genome.
  private let columns: [Range<Int>]
  private var sequences: [(states: Matrix, history: History)?] = [nil, nil]
  private var x: Matrix?

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    let (width, stateWidth) = (configuration.encodedItemWidth, configuration.recurrent)
    guard configuration.attentionInput == .concatenated || stateWidth == width else {
      throw .stateWidth(model: configuration.name, width: stateWidth, itemWidth: width)
    }
    let hidden = try configuration.attentionWidths()
    var layout = ModelLayout()
    user = Embedding("user", field: .user, width: configuration.userWidth, in: &layout)
    items = ItemEncoder(
      itemWidth: configuration.itemWidth, categoryWidth: configuration.categoryWidth, in: &layout)
    action = ActionEmbedding("action", width: configuration.actionWidth, in: &layout)
    recurrent = zip(configuration.histories, [width, width + action.width]).map {
      GRU("gru/\($0.rawValue)", inputs: $1, width: stateWidth, in: &layout)
    }
    attention = configuration.histories.map {
      Attention(
        "attention/\($0.rawValue)", queryWidth: width, keyWidth: stateWidth, hidden: hidden,
        input: configuration.attentionInput, in: &layout)
    }
    genome = GenomeField("genome", tags: configuration.genomeWidth, width: width, in: &layout)
    var inputs = 0
    columns = [user.width, stateWidth, stateWidth, width, genome == nil ? 0 : width].map {
      inputs += $0
      return inputs - $0..<inputs
    }
    norm = BatchNormalization("input_norm", columns: inputs, in: &layout)
    perceptron = Perceptron(
      "mlp", inputs: inputs, widths: configuration.hidden, activation: .prelu, in: &layout)
    self.layout = layout
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let x = Matrix(batch.partition, columns: columns[4].upperBound, in: pass.arena)
    let candidate = x.columns(columns[3])
    user.forward(batch.users, x.columns(columns[0]), pass)
    items.forward(batch.candidates, candidate, pass)
    for index in recurrent.indices {
      let history = batch.histories[index]
      let entries = Matrix(history.keyPartition, columns: recurrent[index].inputs, in: pass.arena)
      items.forward(history.keys, entries.columns(0..<items.width), pass)
      if index == 1 { action.forward(history, entries.columns(items.width..<entries.columns), pass) }
      let sequence = recurrent[index].forward(entries, history, samples: x.rows, pass)
      attention[index].forward(
        candidate, sequence.states, sequence.history, x.columns(columns[1 + index]), pass)
      sequences[index] = sequence
    }
    genome?.forward(batch, x.columns(columns[4]), pass)
    self.x = x
    return try perceptron.forward(norm.forward(x, pass), pass)
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    let dx = try norm.backward(perceptron.backward(dlogits, pass), pass)
    guard let x else { preconditionFailure("backward follows forward") }
    let candidate = x.columns(columns[3])
    let dcandidate = dx.columns(columns[3])
    for index in recurrent.indices {
      guard let (states, view) = sequences[index] else { preconditionFailure("backward follows forward") }
      let history = batch.histories[index]
      let dstates = Matrix(zeros: states.partition, columns: states.columns, in: pass.arena)
      attention[index].backward(
        dx.columns(columns[1 + index]), candidate, states, view, dcandidate, dstates, pass)
      let dentries = Matrix(zeros: history.keyPartition, columns: recurrent[index].inputs, in: pass.arena)
      recurrent[index].backward(dstates, dentries, pass)
      items.backward(history.keys, dentries.columns(0..<items.width), pass)
      if index == 1 { action.backward(history, dentries.columns(items.width..<dentries.columns), pass) }
    }
    items.backward(batch.candidates, dcandidate, pass)
    genome?.backward(dx.columns(columns[4]), pass)
    user.backward(batch.users, dx.columns(columns[0]), pass)
  }
}
