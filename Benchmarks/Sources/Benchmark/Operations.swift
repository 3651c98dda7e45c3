import IO
import LCFT
import Models

/// The arithmetic that a loop cannot do without: multiplications and additions, and exponentials.
struct Operations {
  var floating = 0.0
  var exponentials = 0.0

  static func + (a: Operations, b: Operations) -> Operations {
    Operations(floating: a.floating + b.floating, exponentials: a.exponentials + b.exponentials)
  }
  static func * (count: Double, a: Operations) -> Operations {
    Operations(floating: count * a.floating, exponentials: count * a.exponentials)
  }
}

/// What a model's products and activations take, from the shapes of its weights. The sums of embeddings, the products of
/// fields, norms, optimisers and all that moves memory only are not counted.
struct OperationCounts {
  /// The weights that every sample is multiplied with.
  private var perSample: [(inputs: Double, outputs: Double)] = []
  private var histories: [History] = []
  private var activations = 0.0

  /// A history's layers, in terms of a forward pass.
  private struct History {
    /// Multiplications with additions of a candidate, an event and a pair of both.
    var candidate = 0.0, event = 0.0, pair = 0.0
    /// Exponentials of an event and a pair.
    var eventExponentials = 0.0, pairExponentials = 0.0
    /// How many of the user's events it has.
    var share = 1.0
  }

  init(_ model: ModelConfiguration, _ layout: ModelLayout) {
    let width = Double(model.encodedItemWidth)
    for kind in model.histories {
      var history = History()
      // In the benchmarks' data every fourth event is an action, and the others are exposures.
      history.share = kind == .actions ? 0.25 : kind == .exposures ? 0.75 : 1
      var hasLayers = false
      for parameter in layout.parameters
      where parameter.name.split(separator: "/").contains("\(kind.rawValue)"[...]) {
        let shape = parameter.shape.map(Double.init)
        guard parameter.name.hasSuffix("weight"), shape.count == 2 else { continue }
        hasLayers = true
        switch parameter.name.split(separator: "/").dropFirst(2).joined(separator: "/") {
        case "0/weight":
          // In parts: of the candidate, of the entry, and only in the original form of the pair.
          history.candidate += width * shape[1]
          history.event += width * shape[1]
          if model.attentionInput == .original { history.pair += width * shape[1] }
          history.pairExponentials += shape[1]
        case "1/weight":
          history.pair += shape[0] * shape[1]
          history.pairExponentials += shape[1]
        case "2/weight": history.pair += shape[0]
        default:
          // A GRU's.
          history.event += shape[0] * shape[1]
          history.eventExponentials += shape[1] / 2
        }
      }
      if hasLayers {
        // The sum of the entries by their weights, and the weights' softmax.
        history.pair += width
        history.pairExponentials += 1
        histories.append(history)
      }
    }
    for parameter in layout.parameters where parameter.shape.count == 2 && parameter.name.hasSuffix("weight")
    {
      let parts = parameter.name.split(separator: "/")
      guard parts[0] != "attention", parts[0] != "gru" else { continue }
      perSample.append((Double(parameter.shape[0]), Double(parameter.shape[1])))
    }
    // PReLU and the cross layers have none.
    if ["DIN", "DeepFM"].contains(model.name) { activations = model.hidden.reduce(0) { $0 + Double($1) } }
  }

  /// A forward pass over samples with so many events before them, of which the samples of a user share some.
  func forward(samples: Double, pairs: Double, events: Double) -> Operations {
    var sum = Operations(
      floating: 2 * samples * perSample.reduce(0) { $0 + $1.inputs * $1.outputs },
      exponentials: samples * (activations + 1))
    for history in histories {
      let (pairs, events) = (pairs * history.share, events * history.share)
      sum.floating += 2 * (samples * history.candidate + events * history.event + pairs * history.pair)
      sum.exponentials += events * history.eventExponentials + pairs * history.pairExponentials
    }
    return sum
  }

  /// A sample of cloud training, no two of which share a history: forward, and back to inputs and weights.
  func training(_ samples: Dataset.Samples) -> Operations {
    let mean = meanHistory(samples)
    var sum = forward(samples: 1, pairs: mean, events: mean)
    sum.floating *= 3
    return sum
  }

  /// A user of whom one step is trained by so many methods, with the cloud model's scores or without: the first forward pass,
  /// the way back to the inputs and the weights' gradients once for all methods, as those of positives and those of negatives
  /// together go over each sample once; scores of the test samples by each method. Of each of the perceptron's weights the
  /// cheaper of two counts, whichever is computed: its gradients and its values after the step, or for every method two
  /// products by the training samples' inputs and gradients.
  func fineTuning(_ dataset: Dataset, methods: Int, scoresCloud: Bool) -> Operations {
    let users = Double(dataset.users.count)
    let (train, test) = (Double(dataset.train.count) / users, Double(dataset.test.count) / users)
    let (first, score) = (scores(dataset.train, of: dataset), scores(dataset.test, of: dataset))
    let count = Double(methods)
    var sum = first + (count + (scoresCloud ? 1 : 0)) * score
    sum.floating += first.floating
    // The gradients of the histories' weights.
    sum.floating += first.floating - 2 * train * perSample.reduce(0) { $0 + $1.inputs * $1.outputs }
    for (inputs, outputs) in perSample {
      let formed = train * inputs * outputs + (methods > 1 ? count * inputs * outputs : 0)
      sum.floating += 2 * min(formed, count * test * train * (inputs + outputs))
    }
    return sum
  }

  /// A user's scores of his or her part of `samples`, by one model.
  func scores(_ samples: Dataset.Samples, of dataset: Dataset) -> Operations {
    let users = Double(dataset.users.count)
    let count = Double(samples.count) / users
    return forward(
      samples: count, pairs: count * meanHistory(samples), events: Double(dataset.events.count) / users)
  }

  private func meanHistory(_ samples: Dataset.Samples) -> Double {
    samples.eventPosition.values.reduce(0.0) { $0 + Double($1) } / Double(samples.count)
  }
}
