import Foundation
import IO
import Import
import Support
import TestSupport
import Testing

/// Lines and folders that are refused.
extension ImportMovieLensTests {
  @Test(arguments: [
    ("1,2,4.0", MalformedLine.fieldCount(found: 3, expected: 4)),
    ("1,2,4.0,5,6", .fieldCount(found: 5, expected: 4)),
    ("1,2,four,5", .notANumber(field: "rating", text: #""four""#)),
    ("1,2,nan,5", .notFinite(field: "rating", text: #""nan""#)),
    ("1,2,-0.5,5", .outOfRange(field: "rating", text: #""-0.5""#, allowed: "0 to 5")),
    ("1,2,5.5,5", .outOfRange(field: "rating", text: #""5.5""#, allowed: "0 to 5")),
    ("1,2,4.0,5e8", .roundedTime(field: "timestamp", text: #""5e8""#)),
    ("1,2,4.0,", .emptyField("timestamp")),
    (
      "1,2,4.0,-1",
      .outOfRange(
        field: "timestamp", text: #""-1""#, allowed: "times before 1970 cannot be kept")
    ),
    (
      "1,2,4.0,1385078400000",
      .outOfRange(
        field: "timestamp", text: #""1385078400000""#,
        allowed: "seconds since 1970, 0 to 253402300799; the file's first time is in seconds, and this is not"
      )
    ),
    (",2,4.0,5", .emptyField("userId")), ("1,,4.0,5", .emptyField("movieId")),
    (#"1,"2,4.0,5"#, .quoting(column: 3, "a quote opens here and does not close on this line")),
    ("1\0,2,4.0,5", .containsNUL(field: "user")),
  ])
  func malformedRatings(line: String, reason: MalformedLine) throws {
    let directory = try FileTestFolder()
    let file = try directory.write(ratings + line + "\n", to: "r")
    var options = MovieLensImport.Options(ratings: file, split: .fraction(0.5), seed: 1)
    // The text ends in an empty line, which is line 7 and no fault.
    #expect(throws: ImportError.malformedLine(file: file, line: 7, reason: reason)) {
      try MovieLensImport.run(options)
    }
    options.malformed = .skip
    let log = EventLog()
    let dataset = try MovieLensImport.run(options) { log.events.append($0) }
    #expect(dataset.lines == expected)
    #expect(dataset.items.count == 3)
    #expect(dataset.provenance.skippedLines == 1)
    #expect(log.events.contains(.skipped(file: file, line: 7, reason: reason)))
  }

  @Test(arguments: [
    ("40", MalformedLine.fieldCount(found: 1, expected: 3)), (",x,Drama", .emptyField("movieId")),
  ])
  func malformedMovies(line: String, reason: MalformedLine) throws {
    let directory = try FileTestFolder()
    let file = try directory.write(movies + line, to: "m")
    let options = MovieLensImport.Options(
      ratings: try directory.write(ratings, to: "r"), movies: file, split: .fraction(0.5), seed: 1)
    #expect(throws: ImportError.malformedLine(file: file, line: 6, reason: reason)) {
      try MovieLensImport.run(options)
    }
  }

  @Test(arguments: [
    ("10,0,0.5", MalformedLine.outOfRange(field: "tagId", text: #""0""#, allowed: "1 to 4096")),
    ("10,4097,0.5", .outOfRange(field: "tagId", text: #""4097""#, allowed: "1 to 4096")),
    ("10,x,0.5", .notAWholeNumber(field: "tagId", text: #""x""#)),
    ("10,1,1.5", .outOfRange(field: "relevance", text: #""1.5""#, allowed: "0 to 1")),
    ("10,1,inf", .notFinite(field: "relevance", text: #""inf""#)), (",1,0.5", .emptyField("movieId")),
    ("10,2,0.5", .repeated(#"tagId 2 of movieId "10""#)),
  ])
  func malformedGenome(line: String, reason: MalformedLine) throws {
    let directory = try FileTestFolder()
    let file = try directory.write("movieId,tagId,relevance\n10,2,0.5\n" + line, to: "g")
    let options = MovieLensImport.Options(
      ratings: try directory.write(ratings, to: "r"), genomeScores: file, split: .fraction(0.5), seed: 1)
    #expect(throws: ImportError.malformedLine(file: file, line: 3, reason: reason)) {
      try MovieLensImport.run(options)
    }
  }

  @Test func refusesWhatIsNoMovieLensDirectory() throws {
    let directory = try FileTestFolder()
    #expect(throws: ImportError.noRatings(directory: directory.path)) {
      try MovieLensImport.Options(directory: directory.path, split: .fraction(0.5), seed: 1)
    }
    let file = try directory.write("", to: "r")
    let options = MovieLensImport.Options(ratings: file, split: .fraction(0.5), seed: 1)
    #expect(throws: ImportError.noHeader(file: file)) { try MovieLensImport.run(options) }
    _ = try directory.write("userId,movieId,rating,timestamp\n", to: "r")
    #expect(throws: ImportError.noInteractions(file: file)) { try MovieLensImport.run(options) }
    _ = try directory.write("userId,movieId,stars,timestamp\n", to: "r")
    let error = #expect(throws: ImportError.self) { try MovieLensImport.run(options) }
    #expect(
      "\(try #require(error))".contains(
        #":1: no column rating in the header "userId,movieId,stars,timestamp""#))
  }
}
