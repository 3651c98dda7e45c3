import Foundation
import IO
import Support
import TestSupport
import Testing

@Suite struct AtomicFileTests {
  let folder = try! FileTestFolder()
  struct Interruption: Error {}

  @Test func putsAFileInPlaceAndReplacesIt() throws {
    for text in ["first", "second, longer, ü", ""] {
      try AtomicFile.write(text, to: folder.file("t.txt"))
      #expect(try folder.bytes("t.txt") == Array(text.utf8))
    }
    #expect(try folder.names() == ["t.txt"])
  }

  @Test func aFailureLeavesTheOlderFile() throws {
    try AtomicFile.write("older", to: folder.file("t.txt"))
    #expect(throws: Interruption.self) {
      try AtomicFile.write(to: folder.file("t.txt")) { temporary in
        try Data("half".utf8).write(to: URL(fileURLWithPath: temporary))
        // In the same folder, so that renaming never crosses file systems.
        #expect(temporary.hasPrefix(folder.path + "/"))
        #expect(try folder.bytes("t.txt") == Array("older".utf8))
        throw Interruption()
      }
    }
    #expect(try folder.bytes("t.txt") == Array("older".utf8))
    #expect(try folder.names() == ["t.txt"])
  }

  @Test func aBodyThatWritesNothingIsAnError() throws {
    expectFileError([folder.file("t.txt"), "No such file"]) {
      try AtomicFile.write(to: folder.file("t.txt")) { _ in }
    }
  }

  @Test func refusesWhatIsNoFile() throws {
    for path in [folder.path, "/dev/null"] {
      var called = false
      expectFileError([path, "not a regular file"]) {
        try AtomicFile.write(to: path) { _ in called = true }
      }
      #expect(!called)
    }
    expectFileError([folder.file("no/such/t.txt"), "No such file"]) {
      try AtomicFile.write("text", to: folder.file("no/such/t.txt"))
    }
    expectFileError([folder.file("no/such/d.h5"), "cannot create the file", "No such file"]) {
      try DatasetFile.write(ExampleFiles.dataset(users: 3), to: folder.file("no/such/d.h5"))
    }
  }

  @Test func leftoversOfKilledProcessesGo() throws {
    // A process that has ended: its number is free.
    let ended = Process()
    ended.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    ended.arguments = ["true"]
    try ended.run()
    ended.waitUntilExit()
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, 255)
    let short = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    let leftover = ".t.txt.\(short)-\(ended.processIdentifier)-1.partial"
    let others = [
      ".t.txt.\(short)-\(getpid())-1.partial",  // a writer that lives
      ".t.txt.elsewhere-\(ended.processIdentifier)-1.partial",  // of another host
      ".other.txt.\(short)-\(ended.processIdentifier)-1.partial",
    ]
    for name in [leftover] + others { try folder.write([1], to: name) }
    try AtomicFile.write("text", to: folder.file("t.txt"))
    #expect(try folder.names() == (others + ["t.txt"]).sorted())
    // Of a folder that is the caller's alone all of this host's go, and another host's when they are old.
    AtomicFile.removeLeftovers(in: folder.path)
    #expect(try folder.names() == (others.dropLast() + ["t.txt"]).sorted())
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: folder.file(others[1]))
    AtomicFile.removeLeftovers(in: folder.path)
    #expect(try folder.names() == [others[0], "t.txt"].sorted())
  }

  /// A process that has ended and that its parent has not asked about yet writes nothing any more.
  @Test func leftoversOfZombiesGo() throws {
    var ended = pid_t(0)
    let arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
    defer { free(arguments[0]) }
    try #require(posix_spawn(&ended, "/bin/true", nil, nil, arguments, nil) == 0)
    var status = siginfo_t()
    // Waits for its end without taking it from the table of processes.
    try #require(waitid(P_PID, id_t(ended), &status, WEXITED | WNOWAIT) == 0)
    #expect(kill(ended, 0) == 0)
    try folder.write([1], to: ".t.txt.\(AtomicFile.host)-\(ended)-1.partial")
    AtomicFile.removeLeftovers(in: folder.path)
    #expect(try folder.names() == [])
    var code: Int32 = 0
    waitpid(ended, &code, 0)
  }

  @Test func oneOfManyCreates() async throws {
    let path = folder.file("lock")
    let made = try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<8 { group.addTask { try AtomicFile.create("\(number)", at: path) } }
      return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(made == 1)
    #expect(try folder.names() == ["lock"])
  }

  @Test func readersNeverSeeHalfAFile() throws {
    let small = ExampleFiles.dataset(users: 5)
    let large = ExampleFiles.dataset(users: 400)
    let path = folder.file("d.h5")
    try DatasetFile.write(small, to: path)
    let writer = Thread { [large] in
      for turn in 0..<20 { try! DatasetFile.write(turn % 2 == 0 ? large : small, to: path) }
    }
    writer.start()
    var seen: Set<Int> = []
    while !writer.isFinished {
      seen.insert(try FileSummary.read(path).datasets.first { $0.path == "/users/id" }!.shape[0])
    }
    #expect(seen.isSubset(of: [5, 400]))
  }
}
