extension Job {
  /// What needs the rows of all users on every host, in words; nil where each host may have those of its own users only.
  /// `methods` are those of the command, the job's where nil.
  package func obstacleToSpreading(methods: [Method]? = nil) -> String? {
    if validation.last != nil { return "validation" }
    // `lcft run` searches by itself, over all users.
    if methods == nil, needsSettings { return "a search of settings" }
    let needed = (methods ?? fineTuning.methods).first { method in
      method.needsAllSamples || method.isChoice || [.hard, .grouped, .cloudWithoutUser].contains(method)
    }
    return needed.map { "the method \($0.rawValue)" }
  }
}
