import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

@Suite struct ImportMovieLensTests {
  let ratings = """
    userId,movieId,rating,timestamp
    7,10,4.0,300
    7,20,3.5,100
    9,20,5,50
    7,30,4.5,300
    7,10,0.5,200

    """
  let movies = #"""
    movieId,title,genres
    10,"American President, The (1995)",Comedy|Drama|Romance
    20,"11'09""01 - September 11 (2002)",Drama
    30,Untitled::2,(no genres listed)
    40,Nobody's (2000),Horror

    """#
  /// `ratings` with the first 0.5 of each user's samples in training.
  let expected = [
    "7: 20@100=0 10@200=0 10@300=1 30@300=1 | 20#0=0 10#1=0 | 10#2=1 30#3=1",
    "9: 20@50=1 | 20#0=1 |",
  ]
  let expectedItems = ["10: Comedy Drama Romance", "20: Drama", "30:"]

  @Test func readsTheCSVForm() throws {
    let directory = try FileTestFolder()
    _ = try directory.write(ratings, to: "ratings.csv")
    _ = try directory.write(movies, to: "movies.csv")
    let options = try MovieLensImport.Options(directory: directory.path, split: .fraction(0.5), seed: 1)
    #expect(options.genomeScores == nil)
    let dataset = try MovieLensImport.run(options)
    #expect(dataset.lines == expected)
    #expect(dataset.itemLines == expectedItems)
    #expect(dataset.genome == nil)
    #expect(dataset.globalCTR == 1.0 / 3)
    #expect(dataset.train.probability == nil)
    let provenance = dataset.provenance
    #expect(provenance.kind == "movielens")
    #expect(provenance.splitRule == "first 0.5 of each user's samples")
    #expect(provenance.negativeSampling == "none")
    #expect(provenance.skippedLines == 0)
    #expect(provenance.sources.map(\.path) == [options.ratings, options.movies])
    #expect(provenance.sources.allSatisfy { $0.sha256.count == 64 })
    #expect(provenance.settings["labels"] == "rating >= 4.0")
    #expect(provenance.settings["items_without_category"] == "1")
  }

  @Test func columnsMayStandInAnyOrder() throws {
    let directory = try FileTestFolder()
    let shuffled = ratings.split(separator: "\n").map {
      let fields = $0.split(separator: ",")
      return "\(fields[3]),\"\(fields[1])\",x,\(fields[0]),\(fields[2])"
    }.joined(separator: "\r\n")
    let turned = """
      genres,movieId,title
      Comedy|Drama|Romance,10,a
      Drama,20,b
      """
    let options = MovieLensImport.Options(
      ratings: try directory.gzip("r", "\u{FEFF}" + shuffled), movies: try directory.write(turned, to: "m"),
      split: .fraction(0.5), seed: 1)
    let dataset = try MovieLensImport.run(options)
    #expect(dataset.lines == expected)
    #expect(dataset.itemLines == expectedItems)
  }

  @Test func readsTheDatForm() throws {
    let directory = try FileTestFolder()
    let dat = ratings.split(separator: "\n").dropFirst()
      .map { $0.replacingOccurrences(of: ",", with: "::") }.joined(separator: "\n")
    _ = try directory.gzip("ratings.dat.gz", dat)
    // Latin-1, and a title with the separator in it.
    let movieBytes =
      Array("10::Mis".utf8) + [0xE9] + Array("rables, Les (1995)::Comedy|Drama|Romance\n".utf8)
      + Array("20::A::B (2002)::Drama\n30::C::(no genres listed)\n".utf8)
    _ = try directory.write(movieBytes, to: "movies.dat")
    _ = try directory.write("1::F::1::10::48067\n", to: "users.dat")
    let options = try MovieLensImport.Options(directory: directory.path, split: .fraction(0.5), seed: 1)
    let log = EventLog()
    let dataset = try MovieLensImport.run(options) { log.events.append($0) }
    #expect(dataset.lines == expected)
    #expect(dataset.itemLines == expectedItems)
    #expect(log.notes.count == 1 && log.notes[0].contains("users.dat is not read"))
  }

  @Test func thresholdAndTimestampSplit() throws {
    let directory = try FileTestFolder()
    var options = MovieLensImport.Options(
      ratings: try directory.write(ratings, to: "r"), split: .timestamp(200), seed: 1, threshold: 4.5)
    #expect(
      try MovieLensImport.run(options).lines == [
        "7: 20@100=0 10@200=0 10@300=0 30@300=1 | 20#0=0 10#1=0 | 10#2=0 30#3=1",
        "9: 20@50=1 | 20#0=1 |",
      ])
    // No category file: nothing is said about items without one.
    let log = EventLog()
    options.threshold = 0
    let dataset = try MovieLensImport.run(options) { log.events.append($0) }
    #expect(dataset.globalCTR == 1)
    #expect(log.notes.isEmpty)
    #expect(dataset.itemLines == ["10:", "20:", "30:"])
  }

  @Test func readsTheGenome() throws {
    let directory = try FileTestFolder()
    // Movie 40 is not rated; its tag 4 still sets the width, and lines stand in any order.
    let genome = """
      relevance,movieId,tagId
      0.5,10,4
      0.1,10,1
      0.2,10,2
      0.4,10,3
      0.9,40,4
      1,30,1
      0,30,2
      0,30,3
      0.5,30,4

      """
    let options = MovieLensImport.Options(
      ratings: try directory.write(ratings, to: "r"), genomeScores: try directory.write(genome, to: "g"),
      split: .fraction(0.5), seed: 1)
    let dataset = try MovieLensImport.run(options)
    let read = try #require(dataset.genome)
    #expect(read.width == 4)
    #expect(dataset.genomeMissing.map { Array($0.values) } == [0, 1, 0])
    let values = Array(read.values.values)
    #expect(Array(values[0..<4]) == [0.1, 0.2, 0.4, 0.5])
    #expect(Array(values[8..<12]) == [1, 0, 0, 0.5])
    for (mean, exact) in zip(values[4..<8], [0.55, 0.1, 0.2, 0.5] as [Float]) {
      #expect(abs(mean - exact) < 1e-6)
    }
  }

  @Test func widensTheGenomeAsTagsAppear() throws {
    let directory = try FileTestFolder()
    // By tag, so that all movies' vectors grow together past several widths.
    var genome = "movieId,tagId,relevance\n"
    for tag in 1...300 {
      for (movie, share) in [("10", 0.001), ("20", 0.002), ("30", 0.003)] {
        genome += "\(movie),\(tag),\(Double(tag) * share)\n"
      }
    }
    let options = MovieLensImport.Options(
      ratings: try directory.write(ratings, to: "r"), genomeScores: try directory.gzip("g", genome),
      split: .fraction(0.5), seed: 1)
    let dataset = try MovieLensImport.run(options)
    let read = try #require(dataset.genome)
    #expect(read.width == 300)
    #expect(dataset.genomeMissing.map { Array($0.values) } == [0, 0, 0])
    for (item, share) in [0.001, 0.002, 0.003].enumerated() {
      for tag in 1...300 { #expect(read.values[item * 300 + tag - 1] == Float("\(Double(tag) * share)")) }
    }
  }

  @Test func aGenomeCutShort() throws {
    let directory = try FileTestFolder()
    let genome = "movieId,tagId,relevance\n10,1,0.5\n10,2,0.25\n30,1,0.5\n"
    var options = MovieLensImport.Options(
      ratings: try directory.write(ratings, to: "r"), genomeScores: try directory.write(genome, to: "g"),
      split: .fraction(0.5), seed: 1)
    let path = try #require(options.genomeScores)
    #expect(throws: ImportError.incompleteGenome(file: path, line: 4, movie: "30", given: 1, width: 2)) {
      try MovieLensImport.run(options)
    }
    options.malformed = .skip
    let log = EventLog()
    let dataset = try MovieLensImport.run(options) { log.events.append($0) }
    let read = try #require(dataset.genome)
    #expect(dataset.genomeMissing.map { Array($0.values) } == [0, 1, 1])
    #expect(Array(read.values.values) == [0.5, 0.25, 0.5, 0.25, 0.5, 0.25])
    #expect(dataset.provenance.settings["genome_incomplete_movies"] == "1")
    #expect(log.notes.contains { $0.contains("1 had a part of one") })
    _ = try directory.write("movieId,tagId,relevance\n40,1,0.5\n", to: "g")
    #expect(throws: ImportError.noGenome(file: path)) { try MovieLensImport.run(options) }
  }
}
