import IO
import Import
import Support
import TestSupport
import Testing

/// Labels from later rows, and logs that are history only.
@Suite struct TableActionTests {
  private let log = """
    user,item,what,timestamp,place
    u,a,view,100,home
    u,a,put,110,home
    u,b,view,120,home
    u,b,paid,400,home
    v,b,view,100,list

    """

  private func schema(_ window: String) -> String {
    """
    log: {files: log.csv}
    label: {credit: {column: what, exposures: [view], actions: {put: cart, paid: buy}, window: \(window)}}
    sample_features: {place: {}}
    event_features: {action: {from: label}}
    split: {fraction: 0.5}
    """
  }

  /// Values of a log may be numbers: keys of the mapping are the same with and without quotes.
  @Test func valuesInQuotesAreTheSame() throws {
    let numbers = log.replacing("view", with: "1").replacing("put", with: "4").replacing("paid", with: "5")
    let plain = schema("60").replacing("[view]", with: "[1]")
    for actions in ["{4: cart, 5: buy}", "{\"4\": cart, '5': buy}"] {
      let found = try TableResult(
        plain.replacing("{put: cart, paid: buy}", with: actions), ["log.csv": numbers])
      #expect(
        found.values(.events, "action") == ["exposure", "cart", "exposure", "buy", "exposure"], "\(actions)")
    }
  }

  @Test func actionsLabelWhatWasShownBefore() throws {
    let found = try TableResult(schema("60"), ["log.csv": log])
    #expect(
      found.dataset.lines == [
        "u: a@100=0 a@110=2 b@120=0 b@400=4 | a#0=1 | b#2=0", "v: b@100=0 | b#0=0 |",
      ])
    #expect(found.values(.events, "action") == ["exposure", "cart", "exposure", "buy", "exposure"])
    #expect(found.values(.samples, "place") == ["home", "list"])
    #expect(found.dataset.provenance.settings["action_window"] == "60 seconds")
    #expect(try TableResult(schema("day"), ["log.csv": log]).dataset.lines[0].hasSuffix("| a#0=1 | b#2=1"))
  }

  @Test func otherValuesAreRefused() throws {
    let error = #expect(throws: ImportError.self) {
      try TableResult(self.schema("day"), ["log.csv": self.log + "u,a,share,500,home\n"])
    }
    #expect(
      "\(try #require(error))".contains(#"log.csv:7: what "share" is out of range (view, put or paid)"#))
  }

  /// A second log with other columns and other items: events, never samples.
  private let withHistory = """
    log: {files: ads.csv, item: ad, days: [2017-05-06, 2017-05-13], time: {column: t, unit: s, utc_offset: 8}}
    label: clk
    sample_features: {place: {}}
    event_features: {action: {from: label}}
    items:
      file: ad_feature.csv
      key: ad
      features: {category: cate_id, brand: {}, price: {kind: numeric}, words: {list: "|"}}
    history:
      files: behavior.csv
      user: nick
      item: "cate:{cate}/brand:{brand}"
      time: {column: t, unit: s}
      days: [2017-05-05, 2017-05-13]
      action: {column: btag, values: {cart: cart, fav: favourite}, ignored: [pv]}
      item_features: {category: cate, brand: brand}
    split: {first_days: 1}
    """
  private let start = 1_494_000_000

  private func files(_ behavior: String) -> [String: String] {
    [
      "ads.csv": "user,ad,clk,t,place\nu,1,1,\(start + 100),x\nu,2,0,\(start + 90_000),y\nu,2,0,5,y\n",
      "ad_feature.csv": "ad,cate_id,brand,price,words\n2,20,b2,2.5,p|q\n1,10,,1.5,p\n",
      "behavior.csv": "nick,t,btag,cate,brand\n" + behavior,
    ]
  }

  @Test func aSecondLogIsHistory() throws {
    let found = try TableResult(
      withHistory,
      files(
        "u,\(start - 10),fav,30,b3\nu,\(start + 150),cart,10,b1\nu,\(start),pv,1,1\nw,\(start),fav,1,1\n"
          + "u,\(start - 90_000),fav,1,1\n"))
    #expect(
      found.dataset.lines == [
        "u: cate:30/brand:b3@\(start - 10)=3 1@\(start + 100)=1 cate:10/brand:b1@\(start + 150)=2 "
          + "2@\(start + 90_000)=0 | 1#1=1 | 2#3=0"
      ])
    #expect(found.values(.items, "category") == ["10", "20", "30", "10"])
    #expect(found.values(.items, "brand") == ["-", "b2", "b3", "b1"])
    #expect(found.values(.items, "price") == ["1.5", "2.5", "(0.0)", "(0.0)"])
    #expect(found.values(.items, "words") == ["p", "p+q", "", ""])
    #expect(found.values(.samples, "place") == ["x"] && found.values(.samples, "place", part: 1) == ["y"])
    let settings = found.dataset.provenance.settings
    #expect(settings["rows_outside_days"] == "1" && settings["history_rows_outside_days"] == "1")
    #expect(settings["history_rows_left_out"] == "1" && settings["history_rows_of_other_users"] == "1")
    #expect(found.account.files.map(\.leftOutRows) == [1, 3, 0])
  }

  /// Without kinds of action every row of the second log is a positive event.
  @Test func aSecondLogOfPositives() throws {
    let found = try TableResult(
      """
      log: {files: log.csv}
      label: label
      event_features: {dwell: {kind: numeric}}
      history: {files: past.csv, item: product}
      """,
      [
        "log.csv": "user,item,label,timestamp,dwell\nu,a,0,10,7\nu,b,1,20,8\n",
        "past.csv": "user,product,timestamp\nu,c,5\nu,a,15\n",
      ])
    #expect(found.dataset.lines == ["u: c@5=1 a@10=0 a@15=1 b@20=1 | a#1=0 | b#3=1"])
    #expect(found.values(.events, "dwell") == ["(0.0)", "7.0", "(0.0)", "8.0"])
  }

  @Test func aLogOutsideItsDaysIsRefused() throws {
    let error = #expect(throws: ImportError.self) {
      try TableResult(
        "log: {files: log.csv, days: [2017-05-06, 2017-05-13]}\nlabel: label\n",
        ["log.csv": "user,item,label,timestamp\nu,a,0,10\nu,b,1,20\n"])
    }
    #expect("\(try #require(error))".contains("all 2 rows lie outside the days 2017-05-06 to 2017-05-13"))
  }

  /// Days that train are counted from the log's first day of its clock.
  @Test func theFirstDaysTrain() throws {
    let found = try TableResult(
      "log: {files: log.csv, time: {utc_offset: 1}}\nlabel: label\nsplit: {first_days: 1}\n",
      ["log.csv": "user,item,label,timestamp\nu,a,0,82000\nu,b,1,82799\nu,c,1,82800\n"])
    #expect(found.dataset.provenance.splitRule == "timestamp <= 82799")
    #expect(found.dataset.train.count == 2 && found.dataset.test.count == 1)
  }
}
