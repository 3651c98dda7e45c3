import Foundation
import Support
import Testing

@Suite struct ProcessorNameTests {
  private func name(_ text: String?) throws -> String? {
    let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: root) }
    let folder = root.appendingPathComponent("proc")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try text?.write(to: folder.appendingPathComponent("cpuinfo"), atomically: true, encoding: .utf8)
    return processorName(root: root.path)
  }

  @Test func isTheFirstModelName() throws {
    let text =
      "processor\t: 0\nmodel name\t: Some(R) Processor  v4 @ 2.60GHz: fast\n\nprocessor\t: 1\nmodel name\t: Other\n"
    #expect(try name(text) == "Some(R) Processor v4 @ 2.60GHz: fast")
  }

  @Test func whereThereIsNoneThereIsNone() throws {
    #expect(try name("processor\t: 0\nCPU implementer\t: 0x41\n") == nil)
    #expect(try name(nil) == nil)
  }
}
