import ArgumentParser
import Foundation
import Import

extension CompletionKind {
  static var hdf5: CompletionKind { .file(extensions: ["h5"]) }
  static var yaml: CompletionKind { .file(extensions: ["yaml", "yml"]) }
  /// A table that a search wrote, for programs or for people.
  static var table: CompletionKind { .file(extensions: ["h5", "yaml", "yml"]) }

  /// A log or a table: text, plain or gzip, by any name.
  static var text: CompletionKind { .file() }
  /// A schema file, or the name of one that the program has.
  static var schema: CompletionKind {
    .custom { _, _, typed in
      let folder = typed.lastIndex(of: "/").map { String(typed[...$0]) } ?? ""
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
      let files = names.filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }.map { folder + $0 }
      return (ShippedSchema.texts.keys.sorted() + files.sorted()).filter { $0.hasPrefix(typed) }
    }
  }

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
