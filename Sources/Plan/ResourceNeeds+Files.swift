import LCFT

// What a run writes.
extension ResourceNeeds {
  /// Weights are nearly random bits: shuffled and deflated they take nine tenths.
  var checkpointFile: Int { (modelBytes + stateBytes) * 9 / 10 }

  /// All columns but those of samples and events, and users' offsets to them.
  var catalogueFile: Int { max(0, sizes.columnBytes - sizes.rowBytes - 24 * sizes.users) }

  var resultsFile: Int {
    let methods = job.fineTuning.methods.count
    let predictions = job.fineTuning.savePredictions ? sizes.testSamples * (4 * methods + 3) : 0
    return ((42 + measureBytes) * methods * sizes.users + predictions) * 9 / 10 + 48 * sizes.users
  }
}
