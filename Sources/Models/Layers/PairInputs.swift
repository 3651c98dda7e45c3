/// What layers on pairs of a sample and an entry read: the candidates q [B x Eq], the entries k [K x Ek] and which entries
/// a sample has.
struct PairInputs {
  let queries: Matrix
  let keys: Matrix
  let history: History

  /// The samples by virtual shard.
  var samples: RowPartition { queries.partition }
}

/// Where the gradients at q [B x Eq] and k [K x Ek] are added.
struct PairGradients {
  let queries: Matrix
  let keys: Matrix
}
