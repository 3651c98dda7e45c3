import Foundation
import IO
import Runs
import TestSupport
import Testing

@Suite struct ModelSelectionTests {
  /// A list that a spreadsheet has written names the same users.
  @Test(arguments: ["\n", "\r\n"], ["", "\u{FEFF}"])
  func listsOfAnyLineEnd(_ end: String, _ mark: String) throws {
    let dataset = smallDataset(users: 6)
    let names = [1, 4].map { dataset.users.id[$0] }
    let folder = try FileTestFolder()
    let list = try folder.write(mark + names.joined(separator: end) + end, to: "users.txt")
    let all = (0..<6).map { Int32($0) }
    #expect(try ModelSelection.users(list).users(of: dataset, evaluated: all, seed: 1) == [1, 4])
    try folder.write(mark + names[0] + end + end + "nobody" + end, to: "users.txt")
    #expect(throws: ModelSelectionError.unknownUser(file: list, line: 3, user: "nobody")) {
      try ModelSelection.users(list).users(of: dataset, evaluated: all, seed: 1)
    }
  }
}
