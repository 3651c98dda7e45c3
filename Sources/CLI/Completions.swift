import ArgumentParser

extension CompletionKind {
  static var hdf5: CompletionKind { .file(extensions: ["h5"]) }
  static var yaml: CompletionKind { .file(extensions: ["yaml", "yml"]) }
  /// A table of labels, for programs or for people.
  static var labels: CompletionKind { .file(extensions: ["h5", "yaml", "yml"]) }

  /// One method.
  static var method: CompletionKind { .list(MethodOptions.names) }

  /// Methods separated by commas: what has been typed, with each of the methods that it does not have yet.
  static var methods: CompletionKind {
    .custom { _, _, typed in
      let words = typed.split(separator: ",", omittingEmptySubsequences: false).dropLast().map(String.init)
      return MethodOptions.names.filter { !words.contains($0) }.map { (words + [$0]).joined(separator: ",") }
    }
  }
}
