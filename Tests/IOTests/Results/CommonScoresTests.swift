import IO
import TestSupport
import Testing

@Suite struct CommonScoresTests {
  let folder = try! FileTestFolder()

  @Test func commonScoresComeBack() throws {
    var results = ExampleFiles.results()
    results.methods[0].summary.common = .init(
      users: 3, aucUsers: 2, userAUC: 0.75, userAUCUnweighted: 0.625, pooledAUC: .nan, logLoss: 0.5)
    try ResultsFile.write(results, to: folder.file("r.h5"))
    let read = try ResultsFile.read(folder.file("r.h5")).methods.map(\.summary.common)
    #expect(read[0]?.users == 3 && read[0]?.aucUsers == 2)
    #expect(
      read[0]?.userAUC == 0.75 && read[0]?.userAUCUnweighted == 0.625 && read[0]?.pooledAUC.isNaN == true)
    #expect(read.dropFirst().allSatisfy { $0 == nil })
  }
}
