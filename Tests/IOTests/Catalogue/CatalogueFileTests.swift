import Foundation
import HDF5
import IO
import Support
import TestSupport
import Testing

@Suite struct CatalogueFileTests {
  let folder = try! FileTestFolder()

  /// What a model needs comes back, and its digest is that of what is read, of any kind of feature.
  @Test(arguments: [true, false])
  func comesBack(hasFeatures: Bool) throws {
    let dataset = hasFeatures ? featureDataset() : smallDataset()
    let catalogue = Catalogue(of: dataset, digest: "ab12")
    try CatalogueFile.write(catalogue, to: folder.file("catalogue.h5"))
    let read = try CatalogueFile.read(folder.file("catalogue.h5"))
    #expect(read.contentDigest() == catalogue.contentDigest())
    #expect(read.datasetDigest == "ab12")
    #expect(read.globalCTR == dataset.globalCTR)
    #expect(read.splitRule == dataset.provenance.splitRule)
    #expect(
      (0..<read.users.count).map { read.users[$0] } == (0..<dataset.users.count).map { dataset.users.id[$0] })
    #expect(
      (0..<read.items.count).map { read.items[$0] } == (0..<dataset.items.count).map { dataset.items.id[$0] })
    for owner in FeatureOwner.allCases {
      let (found, wanted) = (read.features[owner], dataset.features[owner])
      #expect(found.map(\.name) == wanted.map(\.name))
      #expect(found.map(\.kind) == wanted.map(\.kind), "\(owner)")
      #expect(found.map(\.isList) == wanted.map(\.isList))
    }
    // A data set without events and samples can be written and read as any other.
    let empty = try read.emptyDataset(in: OwnMemory())
    #expect(empty.users.count == dataset.users.count && empty.train.count == 0)
    try DatasetFile.write(empty, to: folder.file("empty.h5"))
    #expect(try DatasetFile.read(folder.file("empty.h5")).contentDigest() == empty.contentDigest())
  }

  @Test(.enabled(if: ForeignTool.python != nil, ForeignTool.withoutPython))
  func digestIsAsDocumented() throws {
    let path = folder.file("catalogue.h5")
    for dataset in [featureDataset(), smallDataset(), ExampleFiles.featured()] {
      let catalogue = Catalogue(of: dataset, digest: "ab12")
      try CatalogueFile.write(catalogue, to: path)
      #expect(try ForeignTool.script("content_digest.py", [path]) == catalogue.contentDigest() + "\n")
    }
  }

  /// A changed name, a changed count and another kind of file are refused.
  @Test func whatIsNotWholeIsRefused() throws {
    let path = folder.file("catalogue.h5")
    var catalogue = Catalogue(of: smallDataset(), digest: "ab12")
    let digest = catalogue.contentDigest()
    catalogue.items = StringColumn((0..<catalogue.items.count).map { "other \($0)" })
    #expect(catalogue.contentDigest() != digest)
    catalogue.trainPositives = catalogue.trainSamples + 1
    try CatalogueFile.write(catalogue, to: path)
    #expect(throws: HDF5Error.self) { try CatalogueFile.read(path) }
    try DatasetFile.write(smallDataset(), to: path)
    #expect(throws: FileError.self) { try CatalogueFile.read(path) }
  }
}
