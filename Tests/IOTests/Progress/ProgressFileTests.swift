import Foundation
import IO
import Support
import TestSupport
import Testing

@Suite struct ProgressFileTests {
  let folder = try! FileTestFolder()
  private var path: String { folder.file("progress.jsonl") }

  private func event(_ done: Double, isLast: Bool = false) -> ProgressEvent {
    ProgressEvent(
      work: "epoch 1/2", unit: "steps", done: done, total: 400, seconds: 3, secondsLeft: 37.04,
      measures: [ProgressMeasure("mean loss", 0.25, digits: 4), ProgressMeasure("AUC", .nan, digits: 4)],
      isLast: isLast)
  }

  @Test func linesAreJSONAndComeBack() throws {
    let file = ProgressFile(path, memory: { 1_000_000 })
    var start = ProgressRecord(.start)
    start.command = "lcft run \"a b\""
    file.append(start)
    file.receive(event(30))
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(lines[1].utf8)) as? [String: Any])
    #expect(json["phase"] as? String == "epoch 1/2" && json["done"] as? Int == 30)
    #expect(json["rate"] as? Double == 10 && json["seconds_left"] as? Double == 37)
    #expect(json["memory"] as? Int == 1_000_000 && json["is_last"] as? Bool == false)
    // JSON has no NaN.
    #expect(json["values"] as? [String: Double] == ["mean_loss": 0.25])
    let records = try ProgressFile.read(path)
    #expect(records.count == 2 && records[0] == start)
    #expect(
      records[1].progressEvent?.line == "epoch 1/2: 30/400 steps, 10.0 steps/s, 37 s left, mean loss 0.2500")
  }

  /// The first line comes a second after the start of a work, and none later than a minute after another.
  @Test func linesComeAtGrowingDistances() {
    let file = ProgressFile(path, memory: { 0 })
    #expect((0...8).map(file.interval) == [1, 2, 5, 10, 20, 30, 60, 60, 60])
  }

  /// A kill in the middle of a line: readers pass it over, and the next run writes in its place.
  @Test(arguments: ["{\"event\":\"prog", "", "\u{FF}\u{FE}\n{", "no JSON\n"])
  func aTornLineDoesNoHarm(_ torn: String) throws {
    let file = ProgressFile(path, memory: { 0 })
    file.receive(event(1))
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(torn.utf8))
    try handle.close()
    #expect(try ProgressFile.read(path).count == 1)
    let next = ProgressFile(path, memory: { 0 })
    next.receive(event(2))
    next.receive(event(3))
    #expect(try ProgressFile.read(path).map(\.done) == [1, 2, 3])
  }

  /// However much is written, the file stays below its limit, and keeps starts, ends and some of the rest.
  @Test func sizeIsBounded() throws {
    let file = ProgressFile(path, limit: 40_000, memory: { 0 })
    for run in 0..<5 {
      file.append(ProgressRecord(.start))
      for done in 0..<400 { file.receive(event(Double(1000 * run + done))) }
      var end = ProgressRecord(.end)
      end.outcome = .finished
      file.append(end)
    }
    let size = try folder.bytes("progress.jsonl").count
    #expect(size <= 40_000 && size > 10_000)
    let records = try ProgressFile.read(path)
    #expect(records.count { $0.event == .start } == 5 && records.count { $0.event == .end } == 5)
    let done = records.compactMap(\.done)
    #expect(done == done.sorted() && done.last == 4399 && done.count > 50 && done[0] < 4000)
    #expect(try folder.names() == ["progress.jsonl"])
  }

  @Test func onlyStartsAreBoundedToo() throws {
    let file = ProgressFile(path, limit: 2000, memory: { 0 })
    for _ in 0..<200 { file.append(ProgressRecord(.start)) }
    #expect(try folder.bytes("progress.jsonl").count <= 2000)
  }

  /// What cannot be written to is left alone, without an error.
  @Test func aFolderInItsPlaceEndsNothing() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let file = ProgressFile(path, memory: { 0 })
    file.receive(event(1))
    #expect(throws: SystemError.notAFile(file: path)) { try ProgressFile.read(path) }
    #expect(try ProgressFile.read(folder.file("none.jsonl")) == [])
  }

  @Test func momentsComeBack() {
    #expect(ProgressTime.text(1_709_208_000.25) == "2024-02-29T12:00:00.250Z")
    #expect(ProgressTime.seconds("2024-02-29T12:00:00.250Z") == 1_709_208_000.25)
    #expect(ProgressTime.seconds("2024-02-29T12:00:00Z") == 1_709_208_000)
    for text in ["", "now", "2024-02-29T12:00:00", "2024-02-29 12:00:00Z"] {
      #expect(ProgressTime.seconds(text) == nil, "\(text)")
    }
  }

  @Test func manyRanksAreToldByTheirExtremes() {
    let few = RankShares(computing: [0.5, 0.75], communicating: [0.25, 0], waiting: [0.25, 0.25])
    #expect(few.computing == [0.5, 0.75] && !few.areExtremes)
    let shares = (0...100).map { Double($0) / 100 }
    let many = RankShares(computing: shares, communicating: shares, waiting: shares)
    #expect(many.computing == [0, 0.5, 1] && many.areExtremes)
  }
}
