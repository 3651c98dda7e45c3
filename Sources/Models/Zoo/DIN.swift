/// Deep Interest Network (Zhou et al., KDD 2018), in the reference implementation's form:
///
///     x = [user ; per history: attention(candidate, entries) ; sum of entries ; candidate ;
///          genome where present]
///     logit = perceptron(batch_norm(x)), Dice after each hidden layer
///
/// with candidate and entries encoded as [item ; mean of categories] from shared tables, and the candidate's tag
/// genome through a linear layer.
final class DIN: Model {
  static let name = "DIN"
  static let settings = ModelSettings(attention: true, hidden: true)

  private(set) var layout = ModelLayout()
  private let user: Embedding
  private let items: ItemEncoder
  private let attention: [Attention]
  private let genome: GenomeField?
  private let norm: BatchNormalization
  private let perceptron: Perceptron
  /// Fields after the user's.
  private let fields: Int
  private var keys: [Matrix?]
  private var x: Matrix?

  init(_ configuration: ModelConfiguration) throws(ModelError) {
    var layout = ModelLayout()
    user = Embedding("user", field: .user, width: configuration.userWidth, in: &layout)
    items = ItemEncoder(
      itemWidth: configuration.itemWidth, categoryWidth: configuration.categoryWidth, in: &layout)
    let width = items.width
    let hidden = try configuration.attentionWidths()
    attention = configuration.histories.map {
      Attention(
        "attention/\($0.rawValue)", queryWidth: width, keyWidth: width, hidden: hidden,
        input: configuration.attentionInput, in: &layout)
    }
    keys = Array(repeating: nil, count: attention.count)
    genome = GenomeField("genome", tags: configuration.genomeWidth, width: width, in: &layout)
    fields = 2 * attention.count + (genome == nil ? 1 : 2)
    let inputs = user.width + fields * width
    norm = BatchNormalization("input_norm", columns: inputs, in: &layout)
    perceptron = Perceptron(
      "mlp", inputs: inputs, widths: configuration.hidden, activation: .dice, in: &layout)
    self.layout = layout
  }

  /// Where field `index` after the user's lies in x: 2 h the attention of history h, 2 h + 1 its sum, then
  /// the candidate, then the genome.
  private func columns(_ index: Int) -> Range<Int> {
    let start = user.width + index * items.width
    return start..<start + items.width
  }

  func forward(_ batch: Batch, _ pass: Pass) throws -> Matrix {
    let x = Matrix(batch.partition, columns: columns(fields - 1).upperBound, in: pass.arena)
    let candidate = x.columns(columns(2 * attention.count))
    user.forward(batch.users, x.columns(0..<user.width), pass)
    items.forward(batch.candidates, candidate, pass)
    for index in attention.indices {
      let history = batch.histories[index]
      let keys = Matrix(history.keyPartition, columns: items.width, in: pass.arena)
      items.forward(history.keys, keys, pass)
      attention[index].forward(candidate, keys, history, x.columns(columns(2 * index)), pass)
      HistorySum.forward(keys, history, x.columns(columns(2 * index + 1)))
      self.keys[index] = keys
    }
    genome?.forward(batch, x.columns(columns(fields - 1)), pass)
    self.x = x
    return try perceptron.forward(norm.forward(x, pass), pass)
  }

  func backward(_ dlogits: Matrix, _ batch: Batch, _ pass: Pass) throws {
    let dx = try norm.backward(perceptron.backward(dlogits, pass), pass)
    guard let x else { preconditionFailure("backward follows forward") }
    let candidate = x.columns(columns(2 * attention.count))
    let dcandidate = dx.columns(columns(2 * attention.count))
    for index in attention.indices {
      guard let keys = keys[index] else { preconditionFailure("backward follows forward") }
      let history = batch.histories[index]
      let dkeys = Matrix(zeros: history.keyPartition, columns: items.width, in: pass.arena)
      HistorySum.backward(dx.columns(columns(2 * index + 1)), history, dkeys)
      attention[index].backward(
        dx.columns(columns(2 * index)), candidate, keys, history, dcandidate, dkeys, pass)
      items.backward(history.keys, dkeys, pass)
    }
    items.backward(batch.candidates, dcandidate, pass)
    genome?.backward(dx.columns(columns(fields - 1)), pass)
    user.backward(batch.users, dx.columns(0..<user.width), pass)
  }
}
