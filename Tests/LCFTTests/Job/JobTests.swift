import Foundation
import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

@Suite struct JobTests {
  /// Each refusal says where and what would be right.
  @Test(arguments: [
    (
      "model:\n  nam: DIN\n",
      "job.yaml:2: unknown key nam in model (did you mean name?); allowed: name, item_embedding, category_embedding, feature_embedding, user_embedding, attention, attention_input, attention_activation, history_sum, hidden, activation, batch_normalization, input_normalization, histories, history_length, features, genome"
    ),
    (
      "model: {name: LR, hidden: [3]}\n",
      "job.yaml:1: unknown key hidden in model; allowed: name, user_embedding, histories, history_length, features, genome"
    ),
    (
      "model:\n  name: LR\n  user_embedding: 9\n",
      "job.yaml:3: model.user_embedding must be 0 or left out for LR, which has one weight per user"
    ),
    (
      "model:\n  name: PNN\n  products: cross\n",
      "job.yaml:3: model.products must be one of elementwise, inner, outer instead of cross"
    ),
    (
      "model:\n  name: DINN\n",
      "job.yaml:2: model.name must be one of LR, WideDeep, DeepFM, PNN, DIN, DCNv2, EdgeRec instead of DINN (did you mean DIN?)"
    ),
    (
      "model:\n  name: EdgeRec\n  histories: [positive, actions]\n",
      "job.yaml:3: model.histories must be [exposures, actions] for EdgeRec, which has a part for each of them"
    ),
    (
      "model:\n  features: {only: [category], without: [brand]}\n",
      "job.yaml:2: model.features must be all, {only: [NAME, ...]} or {without: [NAME, ...]}"
    ),
    (
      "model:\n  features: [category]\n",
      "job.yaml:2: model.features must be all, {only: [NAME, ...]} or {without: [NAME, ...]}"
    ),
    (
      "model:\n  features: {onyl: [category]}\n",
      "job.yaml:2: unknown key onyl in model.features (did you mean only?); allowed: only, without"
    ),
    (
      "model:\n  feature_embedding: {brand: 0}\n",
      "job.yaml:2: model.feature_embedding.brand must be a whole number from 1 to 4096 instead of 0"
    ),
    (
      "model:\n  gru: 20\n",
      "job.yaml:2: unknown key gru in model; allowed: name, item_embedding, category_embedding, feature_embedding, user_embedding, attention, attention_input, attention_activation, history_sum, hidden, activation, batch_normalization, input_normalization, histories, history_length, features, genome"
    ),
    (
      "training:\n  epochs: two\n",
      "job.yaml:2: training.epochs must be a whole number from 0 to 10000 instead of two"
    ),
    (
      "training:\n  epochs: -1\n",
      "job.yaml:2: training.epochs must be a whole number from 0 to 10000 instead of -1"
    ),
    ("training: 3\n", "job.yaml:1: training must be a mapping of keys to values instead of 3"),
    (
      "name: &a [x, x]\n" + (1...17).map { "a\($0): *a\n" }.joined(),
      "job.yaml:1: has more than 16 aliases (*name); write them out"
    ),
    (
      "seed: \"1\\n2\"\n",
      "job.yaml:1: seed must be a whole number from 0 to 9223372036854775807 instead of 1 2"
    ),
    ("loss: hinge\n", "job.yaml:1: loss must be one of cross_entropy, squared_error instead of hinge"),
    (
      "finetuning:\n  methods: [local, local]\n",
      "job.yaml:2: finetuning.methods: local is given twice"
    ),
    (
      "finetuning:\n  methods: [cloud, sofft2]\n",
      "job.yaml:2: finetuning.methods: unknown method sofft2 (did you mean soft2?); known: "
        + Method.allCases.map(\.rawValue).joined(separator: ", ")
    ),
    ("finetuning:\n  methods: cloud\n", "job.yaml:2: finetuning.methods: write a list: [cloud]"),
    ("finetuning:\n  methods: []\n", "job.yaml:2: finetuning.methods: name at least one method"),
    (
      "model: {histories: [positiv]}\n",
      "job.yaml:1: model.histories: unknown history positiv (did you mean positive?); known: positive, negative, "
        + "exposures, actions"
    ),
    (
      "finetuning:\n  learning_rate: .nan\n",
      "job.yaml:2: finetuning.learning_rate must be a number from 0.0 to 1000.0 instead of .nan"
    ),
    (
      "finetuning:\n  save_predictions: 7\n",
      "job.yaml:2: finetuning.save_predictions must be true or false instead of 7"
    ),
    (
      "model:\n  attention: [80]\n",
      "job.yaml:2: model.attention must be a list of 2 whole numbers from 1 to 4096"
    ),
    (
      "training:\n  optimizer: adamw\n",
      "job.yaml:2: training.optimizer must be one of sgd, adam, adagrad instead of adamw (did you mean adam?)"
    ),
    (
      "training:\n  optimizer: adam\n  beta2: 1\n",
      "job.yaml:3: training.beta2 must be a number from 0.0 to 0.999999 instead of 1"
    ),
    (
      "finetuning:\n  optimizer: adam\n  epsilon: 0\n",
      "job.yaml:3: finetuning.epsilon must be a number from 1e-12 to 1.0 instead of 0"
    ),
    (
      "training:\n  optimizer: adam\nfinetuning:\n  epochs: 1\n  beta1: 0.8\n",
      "job.yaml:5: finetuning.beta1 is a setting of the optimizer adam, but this one is sgd"
    ),
    (
      "training:\n  optimizer: adagrad\n  beta1: 0.8\n",
      "job.yaml:3: training.beta1 is a setting of the optimizer adam, but this one is adagrad"
    ),
    (
      "training:\n  epsilon: 0.1\n",
      "job.yaml:2: training.epsilon is a setting of the optimizer adam or adagrad, but this one is sgd"
    ),
    (
      "training:\n  learning_rate_schedule: cosine\n  learning_rate_decay: 0.5\n",
      "job.yaml:3: training.learning_rate_decay is a setting of the learning_rate_schedule epochs or steps, but this one is cosine"
    ),
    (
      "training:\n  decay_steps: 5\n",
      "job.yaml:2: training.decay_steps is a setting of the learning_rate_schedule steps, but this one is epochs"
    ),
    (
      "model: {name: LR}\ntraining:\n  dropout: 0.5\n",
      "job.yaml:3: training.dropout is of hidden layers, which LR does not have; leave it out"
    ),
    (
      "training:\n  dropout: 1\n",
      "job.yaml:2: training.dropout must be a number from 0.0 to 0.99 instead of 1"
    ),
    (
      "training:\n  gradient_clip: 0\n",
      "job.yaml:2: training.gradient_clip must be a number from 1e-09 to 1000000000.0 instead of 0"
    ),
    (
      "model: {name: PNN}\nfinetuning:\n  dropout: 0.5\n",
      "job.yaml:3: unknown key dropout in finetuning; allowed: per_method, methods, epochs, batch_size, learning_rate, optimizer, beta1, beta2, epsilon, settings, save_predictions, losses, label_table"
    ),
    (
      "grouping:\n  edges: [0.2, 0.1]\n",
      "job.yaml:2: grouping.edges must be a list of local CTRs that rise from 0 on and stay below 1"
    ),
    (
      "grouping:\n  edges: [0.2, two]\n",
      "job.yaml:2: grouping.edges must be a list of 1 to 1000 numbers from 0.0 to 1.0 instead of two"
    ),
    (
      "grouping:\n  edges: [0.2]\n  quantiles: 3\n",
      "job.yaml:3: grouping.quantiles cannot be given together with edges; give one of them"
    ),
    (
      "grouping:\n  correction: cloud\n",
      "job.yaml:2: grouping.correction must be one of local, soft1, soft2 instead of cloud"
    ),
    (
      "finetuning:\n  learning_rate: \"0.01\"\n",
      "job.yaml:2: finetuning.learning_rate must be a number from 0.0 to 1000.0 instead of the text \"0.01\" (write it without quotes)"
    ),
    (
      "training:\n  batch_size: '32'\n",
      "job.yaml:2: training.batch_size must be a whole number from 1 to 1000000 instead of the text \"32\" (write it without quotes)"
    ),
    (
      "model:\n  hidden: [200, \"80\"]\n",
      "job.yaml:2: model.hidden must be a list of 1 to 8 whole numbers from 1 to 4096 instead of the text \"80\" (write it without quotes)"
    ),
    (
      "finetuning:\n  losses: 'no'\n",
      "job.yaml:2: finetuning.losses must be true or false instead of the text \"no\" (write it without quotes)"
    ),
    (
      "training:\n  batch_size: '0'\n",
      "job.yaml:2: training.batch_size must be a whole number from 1 to 1000000 instead of 0"
    ),
    (
      "search:\n  groups:\n    edges: [0.5, 0.2]\n",
      "job.yaml:3: search.groups.edges must be a list of local CTRs that rise from 0 on and stay below 1"
    ),
    (
      "search: {groups: {quantiles: 3, edges: [0.5]}}\n",
      "job.yaml:1: search.groups.quantiles cannot be given together with edges; give one of them"
    ),
    (
      "finetuning:\n  per_method:\n    soft1: {batchsize: 3}\n",
      "job.yaml:3: unknown key batchsize in finetuning.per_method.soft1 (did you mean batch_size?); allowed: learning_rate, epochs, batch_size, mu, share"
    ),
    (
      "finetuning:\n  per_method:\n    grouped: {epochs: 3}\n",
      "job.yaml:3: finetuning.per_method.grouped has no settings: it is not fine-tuned"
    ),
    (
      "modle: {}\n",
      "job.yaml:1: unknown key modle (did you mean model?); allowed: model, training, validation, finetuning, metrics, grouping, search, name, seed, loss"
    ),
    (
      "training:\n  optimizer: adam\n  beta3: 0.9\n",
      "job.yaml:3: unknown key beta3 in training; allowed: epochs, batch_size, learning_rate, learning_rate_schedule, learning_rate_decay, decay_steps, warmup_steps, optimizer, beta1, beta2, epsilon, l2_dense, l2_embeddings, embedding_rows, gradient_clip, dropout, embedding_deviation, normalization_momentum, normalization_correction, virtual_shards, tables, checkpoint_steps, checkpoint_minutes"
    ),
    (
      "training:\n  lr: 0.9\n",
      "job.yaml:2: unknown key lr in training; allowed: epochs, batch_size, learning_rate, learning_rate_schedule, learning_rate_decay, decay_steps, warmup_steps, optimizer, beta1, beta2, epsilon, l2_dense, l2_embeddings, embedding_rows, gradient_clip, dropout, embedding_deviation, normalization_momentum, normalization_correction, virtual_shards, tables, checkpoint_steps, checkpoint_minutes"
    ),
    ("- 1\n", "job.yaml:1: a job is a mapping of keys to values"),
  ])
  func refusals(_ text: String, _ message: String) {
    #expect { try Job.parse(text, file: "job.yaml") } throws: { "\($0)" == message }
  }
}
