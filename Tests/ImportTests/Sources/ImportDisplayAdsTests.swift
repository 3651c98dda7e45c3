import IO
import Import
import Support
import TestSupport
import Testing

private let day: Int64 = 86_400

/// Ali Display Ad Click.
@Suite struct ImportDisplayAdsTests {
  /// The first second of 2017-05-06 in China.
  private let start: Int64 = 1_494_000_000

  private func options(
    _ directory: FileTestFolder, headers: Bool, behaviour: String? = nil, ads: String? = nil
  ) throws -> TaobaoImport.Options {
    let samples = """
      user,time_stamp,adgroup_id,pid,nonclk,clk
      7,\(start + 100),11,430548_1007,1,0
      7,\(start + 100),12,430548_1007,0,1
      7,\(start + 200),11,430539_1007,0,1
      8,\(start + 6 * day),13,430548_1007,1,0
      7,\(start + 5 * day),12,430548_1007,1,0
      7,\(start + 8 * day),14,430548_1007,1,0
      """
    let features =
      "adgroup_id,cate_id,campaign_id,customer,brand,price\n"
      + (ads ?? "12,6261,83237,1,95471,170.0\n99,1,1,1,1,1\n11,4520,83237,1,NULL,1.5\n")
    func body(_ text: String) -> String { headers ? text : String(text.drop { $0 != "\n" }.dropFirst()) }
    var options = TaobaoImport.Options(
      .displayAds(
        rawSample: try directory.write(body(samples), to: "raw_sample.csv"),
        adFeature: try directory.write(body(features), to: "ad_feature.csv"),
        behaviorLog: try behaviour.map {
          try directory.write(body("user,time_stamp,btag,cate,brand\n" + $0), to: "behavior_log.csv")
        }))
    options.minimumTrainingSamples = nil
    return options
  }

  @Test(arguments: [true, false])
  func impressionsAreSamples(headers: Bool) throws {
    let directory = try FileTestFolder()
    let log = EventLog()
    let dataset = try TaobaoImport.run(options(directory, headers: headers)) { log.events.append($0) }
    #expect(
      dataset.lines == [
        "7: 11@\(start + 100)=0 12@\(start + 100)=1 11@\(start + 200)=1 12@\(start + 5 * day)=0 "
          + "| 11#0=0 12#0=1 11#2=1 | 12#3=0",
        "8: 13@\(start + 6 * day)=0 | | 13#0=0",
      ])
    #expect(dataset.itemLines == ["11: 4520", "12: 6261", "13:"])
    #expect(log.account?.itemsWithoutMetadata == 1)
    #expect(dataset.provenance.settings["rows_outside_days"] == "1")
    #expect(dataset.provenance.sources.count == 2)
  }

  @Test(arguments: [true, false])
  func behavioursAreHistory(headers: Bool) throws {
    let directory = try FileTestFolder()
    let behaviour = """
      7,\(start - 14 * day),buy,4520,5
      7,\(start - 14 * day - 1),buy,4520,5
      7,\(start + 150),cart,9,6
      7,\(start + 150),pv,10,6
      7,\(start + 150),fav,9,6
      77,\(start + 150),fav,9,6
      7,\(start + 8 * day),fav,9,6
      """
    var options = try options(directory, headers: headers, behaviour: behaviour)
    let dataset = try TaobaoImport.run(options)
    #expect(
      dataset.lines[0]
        == "7: cate:4520/brand:5@\(start - 14 * day)=4 11@\(start + 100)=0 12@\(start + 100)=1 "
        + "cate:9/brand:6@\(start + 150)=2 cate:9/brand:6@\(start + 150)=3 11@\(start + 200)=1 "
        + "12@\(start + 5 * day)=0 | 11#1=0 12#1=1 11#5=1 | 12#6=0")
    #expect(
      dataset.itemLines == ["11: 4520", "12: 6261", "13:", "cate:4520/brand:5: 4520", "cate:9/brand:6: 9"])
    #expect(dataset.provenance.settings["history_rows_left_out"] == "1")
    #expect(dataset.provenance.settings["history_rows_of_other_users"] == "1")
    #expect(dataset.provenance.settings["history_rows_outside_days"] == "2")
    options.historyDays = 15
    #expect(try TaobaoImport.run(options).events.count == dataset.events.count + 1)
    options.historyDays = 0
    #expect(try TaobaoImport.run(options).events.count == dataset.events.count - 1)
  }

  @Test func refusesLinesThatDoNotFit() throws {
    let directory = try FileTestFolder()
    let twice = try options(directory, headers: true, ads: "11,1,1,1,1,1\n11,2,1,1,1,1\n")
    #expect(try TaobaoImport.run(twice).itemLines == ["11: 1", "12:", "13:"])
    let nameless = try options(directory, headers: true, behaviour: "7,\(start),fav,9,\n")
    #expect(
      throws: ImportError.malformedLine(
        file: directory.path + "/behavior_log.csv", line: 2, reason: .emptyField("brand"))
    ) { try TaobaoImport.run(nameless) }
  }
}
