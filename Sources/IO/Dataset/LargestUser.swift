import HDF5
import Support

/// The most that one user of a data set has, of each kind by itself.
package struct LargestUser: Sendable, Equatable {
  package var events: Int
  package var trainSamples: Int
  package var testSamples: Int

  package init(events: Int, trainSamples: Int, testSamples: Int) {
    self.events = events
    self.trainSamples = trainSamples
    self.testSamples = testSamples
  }

  /// Of the data set in the file `path`, from the users' offsets alone. Throws `FileError`.
  package init(of path: String) throws {
    let file = try StoredFile.open(path)
    let users = try file.root().group("users")
    func most(_ name: String) throws -> Int {
      let offsets = try users.dataset(name).column(of: Int64.self)
      var most = 0
      for row in 1..<max(1, offsets.count) {
        let (count, overflow) = offsets.values[row].subtractingReportingOverflow(offsets.values[row - 1])
        if !overflow { most = max(most, Int(count)) }
      }
      return most
    }
    self.init(
      events: try most("event_offsets"), trainSamples: try most("train_offsets"),
      testSamples: try most("test_offsets"))
  }
}
