import IO
import Import
import Support
import TestSupport
import Testing

/// Labels, times, repeats and forms of the log's rows.
@Suite struct TableLogTests {
  private func result(_ settings: String, _ log: String, name: String = "log.csv") throws -> TableResult {
    try TableResult(settings, [name: log])
  }

  private static let plain = "log: {files: log.csv, user: u, item: i, time: t}\n"

  private func labels(_ label: String, _ values: [String], header: String = "y") throws -> [UInt8] {
    let rows = values.enumerated().map { "u,i\($0),\($0),\($1)" }.joined(separator: "\n")
    let result = try result(
      Self.plain + "label: \(label)\nsplit: {time: 100}\n", "u,i,t,\(header)\n\(rows)\n")
    return result.dataset.train.label.elements
  }

  @Test func labels() throws {
    #expect(try labels("y", ["1", "0", "true", "no", "1.0"]) == [1, 0, 1, 0, 1])
    #expect(try labels("{column: y, positive: [buy, cart]}", ["pv", "buy", "cart", "fav"]) == [0, 1, 1, 0])
    #expect(try labels("{column: y, negative: [pv]}", ["pv", "buy"]) == [0, 1])
    #expect(try labels("{column: y, at_least: 3.5}", ["3", "3.5", "5"]) == [0, 1, 1])
    #expect(try labels("{column: y, at_least: 7, not_rated: [0, -1]}", ["0", "8", "-1", "6"]) == [1, 0])
    #expect(
      try labels("{columns: [play, all], at_least: 0.5}", ["5,10", "4,10", "30,20"], header: "play,all") == [
        1, 0, 1,
      ])
  }

  @Test func rowsThatAreNoLabel() throws {
    let text = "u,i,t,y\nu,a,1,maybe\nu,b,2,yes\nu,c,3,no\n"
    let schema = Self.plain + "label: {column: y, positive: [\"yes\"], negative: [\"no\"]}\n"
    let error = #expect(throws: ImportError.self) { try result(schema, text) }
    #expect(
      error?.description.contains("log.csv:2: y \"maybe\" is neither a positive nor a negative value") == true
    )
    let skipped = try result(schema + "on_error: skip\n", text)
    #expect(skipped.account.files[0].leftOut.map(\.what) == ["y is neither a positive nor a negative value"])
    #expect(skipped.dataset.events.count == 2)
    let ratio = Self.plain + "label: {columns: [y, t], at_least: 0.5}\n"
    #expect(throws: ImportError.self) { try result(ratio, "u,i,t,y\nu,a,0,1\n") }
  }

  @Test func aLabelThatNobodyUsesIsRefused() throws {
    let text = "u,i,t,is_click\nu,a,1,1\nu,b,2,0\n"
    let error = #expect(throws: ImportError.self) { try result(Self.plain, text) }
    #expect(error?.description.contains("give label: {column: is_click}") == true)
    #expect(try result(Self.plain + "label: none\n", text).dataset.events.label.elements == [1, 1])
    // As a feature of histories it is used.
    let used = Self.plain + "event_features: {is_click: {}}\n"
    #expect(try result(used, text).values(.events, "is_click") == ["1", "0"])
  }

  @Test func warningsNameTheWordsOfTheSchema() throws {
    let scale = try result(
      Self.plain + "label: {column: y, not_rated: [7]}\n", "u,i,t,y\nu,a,1,10\nu,b,2,-1\nu,c,3,9\n")
    let texts = scale.account.warnings.map { "\($0)" }
    #expect(texts.contains { $0.hasSuffix("give label.at_least") })
    #expect(texts.contains { $0.hasSuffix("leave them out with label.not_rated: -1") })
    let none = try result(Self.plain + "label: y\nsplit: {time: 1}\n", "u,i,t,y\nu,a,1,0\nu,b,1,0\n")
    #expect(none.account.warnings.contains { "\($0)".contains("give another label.column") })
    #expect(none.account.warnings.contains { "\($0)".contains("split: {fraction: 0.8}") })
  }

  private func times(_ time: String, _ values: [String]) throws -> [Int64] {
    let rows = values.enumerated().map { "u,i\($0),\"\($1)\",1" }.joined(separator: "\n")
    let schema = "log: {files: log.csv, user: u, item: i, time: \(time)}\nlabel: y\n"
    return try result(schema, "u,i,t,y\n\(rows)\n").dataset.events.timestamp.elements
  }

  @Test func times() throws {
    #expect(try times("{column: t, unit: s}", ["1.9", "3"]) == [1, 3])
    #expect(try times("{column: t, unit: us}", ["2000000", "3999999"]) == [2, 3])
    #expect(try times("t", ["1700000000123"]) == [1_700_000_000])
    #expect(
      try times("{column: t, unit: iso8601}", ["2024-01-01 00:00:00", "2024-01-01T00:00:01+01:00"]).sorted()
        == [
          1_704_063_601, 1_704_067_200,
        ])
    // A date without a zone is on the log's clock, one with a zone is not.
    #expect(
      try times("{column: t, utc_offset: \"+08:00\"}", ["2024-01-01 08:00", "2024-01-01T00:00:01Z"]) == [
        1_704_067_200, 1_704_067_201,
      ])
    #expect(
      try times("{column: t, format: \"%y%m%d%H\"}", ["14102100", "14102123"]) == [
        1_413_849_600, 1_413_932_400,
      ])
    #expect(
      try times("{column: t, format: \"%d/%b/%Y %H:%M:%S\", utc_offset: -5}", ["21/Oct/2014 01:02:03"]) == [
        1_413_871_323
      ])
    #expect(throws: ImportError.self) { try times("{column: t, format: \"%Y\\u002D%m-%d\"}", ["2014/10/21"]) }
  }

  @Test func repeatsAreLeftOutAndCounted() throws {
    let text = "u,i,t,y\nu,a,1,0\nu,b,1,0\nu,a,1,1\nv,a,1,1\nu,a,2,1\nu,b,1,0\nu,c,2,1\n"
    let first = try result(Self.plain + "label: {column: y, at_least: 1}\nsplit: {time: 9}\n", text)
    #expect(
      first.dataset.lines == ["u: a@1=0 b@1=0 a@2=1 c@2=1 | a#0=0 b#1=0 a#2=1 c#3=1 |", "v: a@1=1 | a#0=1 |"])
    #expect(first.account.repeats == 2)
    #expect(first.account.lines.contains { $0.contains("2 repeats of") && $0.hasSuffix("left out") })
    // A history never holds a row of the sample's own user, item and time.
    let kept = try result(
      Self.plain + "label: {column: y, at_least: 1}\nsplit: {time: 9}\nrepeats: keep\n", text)
    #expect(
      kept.dataset.lines[0]
        == "u: a@1=0 b@1=0 a@1=1 b@1=0 a@2=1 c@2=1 | a#0=0 b#1=0 a#0=1 b#1=0 a#4=1 c#5=1 |")
    #expect(kept.account.repeats == 2)
  }

  @Test func eventsOfTheSameSecond() throws {
    let text = "u,i,t,y\nu,a,1,1\nu,b,2,0\nu,c,2,1\n"
    let exposures = Self.plain + "label: y\nsplit: {time: 9}\n"
    #expect(try result(exposures, text).dataset.lines == ["u: a@1=1 b@2=0 c@2=1 | a#0=1 b#1=0 c#1=1 |"])
    let before = exposures + "same_time: before\n"
    #expect(try result(before, text).dataset.lines == ["u: a@1=1 b@2=0 c@2=1 | a#0=1 b#1=0 c#2=1 |"])
    let ratings = Self.plain + "label: {column: y, at_least: 1}\nsplit: {time: 9}\nsame_time: exclude\n"
    #expect(try result(ratings, text).dataset.lines == ["u: a@1=1 b@2=0 c@2=1 | a#0=1 b#1=0 c#1=1 |"])
    // What was done is noted, whether the schema says it or not.
    for (schema, sameTime) in [(exposures, SameTime.exclude), (before, .before), (ratings, .exclude)] {
      let dataset = try result(schema, text).dataset
      #expect(dataset.provenance.settings["same_time"] == sameTime.rawValue && dataset.sameTime == sameTime)
    }
  }

  @Test func featuresFollowTheirRowsThroughSortingAndRepeats() throws {
    let text = "u,i,t,y,f\nu,a,5,1,five\nu,b,1,0,one\nu,a,5,1,again\nu,c,3,1,three\nv,a,9,1,nine\n"
    let result = try result(Self.plain + "label: y\nsample_features: {f: {}}\nsplit: {time: 5}\n", text)
    #expect(result.values(.samples, "f") == ["one", "three", "five"])
    #expect(result.values(.samples, "f", part: 1) == ["nine"])
  }

  @Test func pairsOfBytesBetweenFields() throws {
    let schema = """
      log: {files: ratings.dat, delimiter: "::", columns: [user, movie, rating, timestamp], item: movie}
      label: {column: rating, at_least: 4}
      items: {file: movies.dat, delimiter: double-colon, columns: [movie, title, genres], features: {genres: {list: "|"}}}
      split: {time: 9}
      """
    let result = try TableResult(
      schema,
      ["ratings.dat": "1::10::5::1\n1::20::3::2\n", "movies.dat": "20::\"Quoted: (1995)::B|C\n10::A:B::A\n"])
    #expect(result.dataset.lines == ["1: 10@1=1 20@2=0 | 10#0=1 20#1=0 |"])
    #expect(result.values(.items, "genres") == ["A", "B+C"])
  }

  @Test func objectsTellTheirKeys() throws {
    let schema = """
      log: {files: log.jsonl, user: user.id, item: i, time: t}
      label: y
      sample_features: {words: {list: true}, n: {kind: numeric}, single: {column: words}}
      split: {time: 9}
      """
    let text = """
      {"user": {"id": 7, "age": 3}, "i": "a", "t": 1, "y": true, "words": ["x", ["y"], "x"], "n": 1e1}
      {"i": "\\u0062", "t": "2", "y": 0, "words": "p|q", "user": {"id": "7"}, "other": [{}]}

      """
    let result = try result(schema, text, name: "log.jsonl")
    #expect(result.dataset.lines == ["7: a@1=1 b@2=0 | a#0=1 b#1=0 |"])
    #expect(result.values(.samples, "words") == ["x+y", "p+q"])
    #expect(result.values(.samples, "n") == ["10.0", "(0.0)"])
    // Several values where one is expected are none, and counted.
    #expect(result.values(.samples, "single") == ["-", "p|q"])
    #expect(
      result.account.files[0].lostValues.map(\.what) == ["single has several values where one is expected"])
    let error = #expect(throws: ImportError.self) {
      try self.result(schema.replacing("column: words", with: "column: word"), text, name: "log.jsonl")
    }
    #expect(error?.description.contains("no key word in its objects") == true)
  }

  @Test func datesWithoutSeparatorsAreNoSeconds() throws {
    let rows = (0..<10).map { "u\($0 % 2),i\($0),202401\(10 + $0),1" }.joined(separator: "\n")
    let log = "user,item,timestamp,label\n" + rows + "\n"
    let read = try TableResult("log: {files: log.csv}\nlabel: label\n", ["log.csv": log])
    #expect(read.account.warnings.contains { "\($0)".contains("log.time.format: \"%Y%m%d\"") })
    let mended = try TableResult(
      "log: {files: log.csv, time: {format: \"%Y%m%d\"}}\nlabel: label\n", ["log.csv": log])
    #expect(mended.dataset.events.timestamp[0] == 1_704_844_800)
    #expect(!mended.account.warnings.contains { "\($0)".contains("look like dates") })
  }

  @Test func aFileIsFoundWithOrWithoutItsEnding() throws {
    let folder = try FileTestFolder()
    try folder.write("user,item,timestamp,label\na,x,1,1\na,y,2,0\n", to: "log.csv")
    let schema = try folder.write("log: {files: log.csv.gz}\nlabel: label\n", to: "s.yaml")
    #expect(try TableResult(Schema.read(schema)).dataset.events.count == 2)
  }
}
