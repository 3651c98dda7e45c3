import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

/// Files whose bytes come only once are refused where they would be looked at first, and nowhere else.
@Suite struct ReadOnceTests {
  private let folder = try! FileTestFolder()
  private let log = "user,item,timestamp,label\n" + (0..<20).map { "u,i\($0),\($0),\($0 % 2)\n" }.joined()

  /// The path of a pipe. Nobody writes to it: who opens it waits.
  private func pipe(_ name: String) -> String {
    #expect(mkfifo(folder.file(name), 0o600) == 0)
    return folder.file(name)
  }

  @Test func shortFormsRefusePipes() throws {
    let pipe = pipe("pipe")
    let log = try folder.write(log, to: "log.csv")
    let refusal = ImportError.readOnce(
      file: pipe, isPipe: true, mend: "write it to a file, or use lcft import table")
    #expect(
      "\(refusal)"
        == "\(pipe): is a pipe, which can be read only once: write it to a file, or use lcft import table")
    #expect(throws: refusal) { try CSVImport.run(.init(interactions: pipe, split: .fraction(0.5), seed: 1)) }
    #expect(throws: refusal) {
      try CSVImport.run(.init(interactions: log, items: pipe, split: .fraction(0.5), seed: 1))
    }
    #expect(throws: refusal) { try AmazonImport.run(.init(reviews: pipe, split: .fraction(0.5), seed: 1)) }
    #expect(throws: refusal) { try MovieLensImport.run(.init(ratings: pipe, split: .fraction(0.5), seed: 1)) }
    #expect(throws: refusal) { try TaobaoImport.run(.init(.userBehavior(pipe))) }
    for read in [
      { _ = try SchemaGuess([pipe]) },
      { _ = try KnownTable(pipe, .init(), Features(), of: [], utcOffset: 0) },
      { _ = try TableImport.look(Schema.parse("log: {files: \(pipe)}\nlabel: label\n", file: "s.yaml")) },
    ] as [() throws -> Void] {
      let error = #expect(throws: ImportError.self, performing: read)
      #expect("\(try #require(error))".contains("can be read only once"))
    }
  }

  /// A schema's files are each read once: its log, and its items.
  @Test func importsBySchemaReadPipes() throws {
    let (log, items) = (pipe("log"), pipe("items"))
    for (path, text) in [
      (log, self.log), (items, "item,brand\n" + (0..<20).map { "i\($0),b\($0)\n" }.joined()),
    ] {
      // Opening a pipe to write waits for its reader.
      Thread.detachNewThread {
        guard let file = FileHandle(forWritingAtPath: path) else { return }
        file.write(Data(text.utf8))
        try? file.close()
      }
    }
    let schema = try Schema.parse(
      "log: {files: \(log)}\nlabel: label\nitems: {file: \(items), key: item, features: {brand: {}}}\n",
      file: "s.yaml")
    let dataset = try TableImport.run(schema)
    #expect(dataset.events.count == 20 && dataset.features.vocabulary("items_brand")?.count == 20)
  }
}
