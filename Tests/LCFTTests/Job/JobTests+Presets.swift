import Foundation
import IO
import LCFT
import Models
import Support
import TestSupport
import Testing

/// The jobs of the folder `jobs`.
extension JobTests {
  @Test func presetsAreValid() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: RepositoryFile.path("jobs"))
      .filter { $0.hasSuffix(".yaml") && !["study.yaml", "table2.yaml"].contains($0) }
    // The rows of the paper's Table 2.
    for row in ["amazon", "movielens"].flatMap({ set in
      ["lr", "widedeep", "deepfm", "pnn", "din"].map { "\(set)-\($0).yaml" }
    }) + ["taobao-edgerec.yaml"] {
      #expect(files.contains(row))
    }
    for model in ["din", "deepfm", "dcnv2", "pnn", "widedeep"] {
      #expect(files.contains("best-\(model).yaml"))
    }
    for file in files {
      let path = RepositoryFile.path("jobs/\(file)")
      let job = try Job.read(path)
      #expect("\(job.name).yaml" == file)
      #expect(job.text == (try String(contentsOfFile: path, encoding: .utf8)))
    }
  }

  @Test func presetsHaveThePapersValues() throws {
    let amazon = try Job.read(RepositoryFile.path("jobs/amazon-din.yaml"))
    #expect(amazon.training.batchSize == 1024 && amazon.training.epochs == 2)
    #expect(amazon.training.learningRate == 1 && amazon.training.learningRateDecay == 0.1)
    #expect(amazon.fineTuning.batchSize == 32 && amazon.fineTuning.learningRate == 0.01)
    #expect(amazon.model.attention == [80, 40] && amazon.model.hidden == [200, 80])
    #expect(amazon.historyLength == 50)
    #expect(
      try Job.read(RepositoryFile.path("jobs/amazon-lr.yaml")).fineTuning.batchSize == 16)
    let pnn = try Job.read(RepositoryFile.path("jobs/amazon-pnn.yaml"))
    #expect(pnn.fineTuning.batchSize == 4 && pnn.fineTuning.learningRate == 0.001)
    let movielens = try Job.read(RepositoryFile.path("jobs/movielens-din.yaml"))
    #expect(movielens.model.histories == [.positive, .negative] && movielens.training.batchSize == 32)
    let taobao = try Job.read(RepositoryFile.path("jobs/taobao-edgerec.yaml"))
    #expect(taobao.training.optimizer.name == "adam" && taobao.training.learningRate == 0.001)
    #expect(taobao.training.epochs == 3 && taobao.training.batchSize == 32)
    #expect(taobao.training.learningRateDecay == 1 && taobao.fineTuning.learningRate == 0.01)
  }
}
