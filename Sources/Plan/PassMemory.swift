import LCFT
import Models

/// What a model's pass over a batch takes, in bytes: the values that its layers keep per sample, per pair of a sample and
/// an entry of its history, and per distinct entry. The formulas follow the layers.
struct PassMemory {
  private let model: ModelConfiguration
  private let settings: ModelSettings?
  /// Of an entry of a history, and what a sample's histories add to the inputs.
  private let entryWidth: Double
  private let attention: Double
  private let firstAttention: Double
  private let attentionByBlock: Bool
  private let state: Double
  private let inputs: Double
  private let hidden: Double
  /// What each input of a hidden layer has beside its value: that of a normalisation, and a mask and what it leaves.
  private let ofHidden: Double
  private var histories: Double { Double(max(1, model.histories.count)) }

  /// `trains`: whether it is a pass of the cloud training, which alone has dropout.
  init(_ job: Job, trains: Bool = false) {
    model = job.model
    let settings = ModelRegistry.settings(job.model.name)
    self.settings = settings
    let encoded = Double(model.encodedItemWidth)
    let events = Double(model.features.of(.events).count)
    entryWidth = encoded * (1 + events / 2)
    let hasAttention = settings?.attention == true
    let ofAttention = Double(model.attention.reduce(0, +))
    attention = hasAttention ? ofAttention * (1 + PassMemory.copies(of: model.attentionActivation)) + 1 : 0
    attentionByBlock = job.model.attentionActivation == .sigmoid
    firstAttention = hasAttention ? Double(model.attention.first ?? 0) : 0
    state = settings?.recurrent == true ? Double(model.recurrent) : 0
    // The user, the candidate, two of each history, and a field per feature.
    inputs = encoded * Double(2 + 2 * model.histories.count + model.features.fields.count)
    hidden = settings?.hidden == true ? Double(model.hidden.reduce(0, +)) : 0
    ofHidden = (model.batchNormalization ? 1 : 0) + (trains && job.training.dropout > 0 ? 1 : 0)
  }

  /// What `BatchAssembler` lays down: per sample its numbers, its features and where its histories are; per entry the
  /// item and its features.
  func batch(samples: Double, entries: Double) -> Double {
    let features = model.features.fields.reduce(0.0) { sum, feature in
      if case .vector(let width) = feature.kind { sum + 4 * Double(width) } else { sum + 12 }
    }
    let events = Double(model.features.of(.events).count)
    return samples * (12 + features + 24 * Double(model.histories.count)) + entries * (4 + 20 * events)
  }

  /// The values of a forward pass. A window that slides from sample to sample begins a chain of states of its own, one
  /// that still begins with the user's first entry shares it: taken to be all windows of one history. The parts of an
  /// attention's entries are there for one of the `shards` at a time (`PairParts`).
  func forward(samples: Double, pairs: Double, entries: Double, shards: Double = 1) -> Double {
    let perSample = 3 * inputs + (3 + ofHidden) * hidden
    let perPair = attention + (state > 0 ? (6 * state + firstAttention / shards + 6) / histories : 0)
    let perEntry = entryWidth + (state > 0 ? 3 * state : firstAttention / shards)
    return 4 * (samples * perSample + pairs * perPair + entries * perEntry)
  }

  /// The gradients, which are there beside the values. Those of an attention's pairs are there for a block at a time
  /// (`PairBlock`), unless its activation is a layer.
  func backward(samples: Double, pairs: Double, entries: Double) -> Double {
    let perSample = 3 * inputs + (2 + ofHidden) * hidden
    let ofBlock = attentionByBlock ? min(pairs, 2 * Double(PairBlock.pairs)) * attention : 0
    let perPair = (attentionByBlock ? 0 : attention) + (state > 0 ? 4 * state / histories : 0)
    let perEntry = entryWidth + (state > 0 ? 3 * state : 0)
    return 4 * (samples * perSample + pairs * perPair + entries * perEntry + ofBlock)
  }

  /// What an attention's activation that is a layer keeps per input (`PairActivation`).
  private static func copies(of activation: Activation) -> Double {
    switch activation {
    case .sigmoid: 0
    case .prelu, .relu: 1
    case .dice: 2
    }
  }

  /// What arenas that hold so many bytes make the process hold. The C library keeps some of the smaller slabs that they
  /// had before, as measured a twentieth.
  static func held(_ bytes: Double) -> Int { Int(1.05 * bytes) }
}
