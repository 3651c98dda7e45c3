import IO
import Import
import Support
import TestSupport
import Testing

/// Logs whose columns are not what they seem at first.
@Suite struct SchemaGuessOddTests {
  private func text(_ log: String, name: String = "log.csv") throws -> String {
    let directory = try FileTestFolder()
    let file = try directory.write(log, to: name)
    return try withExtendedLifetime(directory) { try SchemaGuess([file]).text }
  }

  /// A rating, a flag or a number of an item is no time, whatever else is missing.
  @Test(arguments: [
    "user_id,anime_id,rating\n1,20,7\n1,24,8\n2,20,9\n",
    "user_id,item_id,click,like\n1,20,1,0\n1,24,0,0\n",
    "\"User-ID\";\"ISBN\";\"Book-Rating\"\n276725;\"034545104X\";0\n276726;\"0155061224\";5\n",
    "151603712,\"Skyrim\",purchase,1.0,0\n151603712,\"Skyrim\",play,273.0,0\n",
  ])
  func logsWithoutTimes(_ log: String) throws {
    let text = try text(log)
    #expect(text.contains("  time: timestamp  # no column looks like this: a log needs one"), "\(text)")
  }

  /// What says the opposite of a label is turned over, and stands behind a label.
  @Test func oppositesOfLabels() throws {
    let rows = (0..<40).map { "u\($0 % 4),t\($0 % 7),\(1_500_000_000 + $0),\($0 % 2),\(1 - $0 % 2)\n" }
      .joined()
    let skips = try text("user_id,track_id,ts,skipped,level\n" + rows)
    #expect(skips.contains("label: {column: skipped, positive: [\"0\"], negative: [\"1\"]}"), "\(skips)")
    let both = try text("user_id,track_id,ts,skip,clicked\n" + rows)
    #expect(both.contains("label: {column: clicked}"), "\(both)")
  }

  /// Of several names that may be the label's, those that surely are come first; words that may be anything need values
  /// that fit.
  @Test(arguments: [
    ("event_name,clicked", "label: {column: clicked}"), ("trade,rating", "label: {column: rating, at_least:"),
    ("booking,label", "label: {column: label}"), ("interaction,is_click", "label: {column: is_click}"),
  ])
  func theSurestNameIsTheLabel(_ names: String, _ label: String) throws {
    let isRating = names.hasSuffix("rating")
    let rows = (0..<60).map {
      "u\($0 % 4),t\($0 % 7),\(1_500_000_000 + $0),b\($0 % 30),\(isRating ? 1 + $0 % 5 : $0 % 2)\n"
    }
    let text = try text("user_id,item_id,ts,\(names)\n" + rows.joined())
    #expect(text.contains(label), "\(text)")
  }

  /// Many different texts are no label, whatever their column is called, and may be the items.
  @Test func anEventMayBeAnItem() throws {
    let rows = (0..<90).map { "m\($0 % 4),Concert \($0 % 30),\(1_500_000_000 + $0)\n" }.joined()
    let text = try text("customer,event,purchased_at\n" + rows)
    #expect(text.contains("item: event") && text.contains("label: none"), "\(text)")
  }

  /// Rows whose words are names of columns, too, and ratings beside times of any kind.
  @Test(arguments: [
    "u1,i2,item,1500000000\nu2,i3,article,1500000100\n", "user,i20,4,1500000089\nu2,i3,5,1500000100\n",
    "u5::x4::4::1 Mar 2015\nu0::x2::5::2 Mar 2015\n", "3,17,5,90000999\n3,18,2,90001999\n",
  ])
  func firstRowsThatAreNoNames(_ log: String) throws {
    let text = try text(log)
    #expect(text.contains("a guess: the file has no header"), "\(text)")
    let isRated = !log.hasPrefix("u1,i2,item")
    #expect(text.contains("columns: [user, item, rating, timestamp]") == isRated, "\(text)")
  }

  @Test func ratingsWithoutTimes() throws {
    let text = try text((0..<40).map { "\($0 % 4) \($0 % 9) \(1 + $0 % 5)\n" }.joined())
    #expect(
      text.contains("columns: [user, item, rating]") && text.contains("label: {column: rating"), "\(text)")
  }

  @Test func aNameThatIsGivenTwiceIsRefused() throws {
    #expect(throws: ImportError.self) { try text("member,thing,opened,qty,qty\nm1,t7,1500000999,1,2\n") }
  }

  /// A threshold between small scores lies between them.
  @Test func smallScores() throws {
    let rows = (0..<40).map { "u\($0 % 4),t\($0 % 7),\(1_500_000_000 + $0),0.00\($0 % 5)\n" }.joined()
    #expect(try text("user_id,item_id,ts,score\n" + rows).contains("at_least: 0.002}"))
  }

  @Test(arguments: ["order_hour_of_day", "watch_time", "full_time", "at_home"])
  func aPartOfADayIsNoTime(_ name: String) throws {
    let rows = (0..<40).map { "u\($0 % 4),t\($0 % 7),\($0 % 2),1\n" }.joined()
    let text = try text("user_id,product_id,\(name),quantity\n" + rows)
    #expect(text.contains("no column looks like this: a log needs one"), "\(text)")
  }

  @Test func theUserAndTheItemAreNotTheLabel() throws {
    let text = try text("User-ID;ISBN;Book-Rating\n276725;034545104X;0\n276726;0155061224;5\n")
    #expect(text.contains("  user: User-ID") && text.contains("  item: ISBN"), "\(text)")
  }

  /// The usual orders are taken only where the values agree.
  @Test func filesWithoutNames() throws {
    let clicks = (0..<60).map {
      "\($0 / 5),2020-03-0\(1 + $0 % 9)T09:00:30.000Z,\(214_536_500 + $0 % 30),0\n"
    }
    let text = try text(clicks.joined(), name: "clicks.dat")
    #expect(text.contains("user: column_1") && text.contains("item: column_3"), "\(text)")
    #expect(text.contains("time: {column: column_2, unit: iso8601}"), "\(text)")
    let checkins = (0..<60).map {
      "\($0 / 5)\t2010-10-1\($0 % 9)T23:55:27Z\t30.2\($0)\t-97.\($0)\t\(22_800 + $0 % 30)\n"
    }
    let places = try self.text(checkins.joined(), name: "gowalla.txt")
    #expect(places.contains("item: column_5"), "\(places)")
  }

  /// Amazon's ratings of 2018 have the product first.
  @Test func theProductMayStandFirst() throws {
    let ratings = "0143026860,A1V6B6TNIC10QE,1.0,1424304000\n014789302X,A2VO8C41JJIQY9,5.0,1428710400\n"
    #expect(try text(ratings).contains("columns: [item, user, rating, timestamp]"))
    let directory = try FileTestFolder()
    let file = try directory.write(ratings + "0143026860,A2VO8C41JJIQY9,5.0,1428710500\n", to: "r.csv")
    let dataset = try CSVImport.run(CSVImport.Options(interactions: file, split: .fraction(0.5), seed: 1))
    #expect(
      Set((0..<dataset.users.count).map { dataset.users.id[$0] }) == ["A1V6B6TNIC10QE", "A2VO8C41JJIQY9"])
  }

  @Test func numbersAmongTheNamesAreNames() throws {
    let text = try text(
      "user_id,item_id,timestamp,label,0,1\nu,a,1300000000,1,0.5,x\nv,b,1300000001,0,1.5,y\n")
    #expect(text.contains("user: user_id") && !text.contains("column_1"), "\(text)")
  }

  /// `nonclk` says the opposite of the label, and what follows a conversion is not known before.
  @Test func whatTellsTheLabelIsKnownAfterwards() throws {
    let rows = (0..<40).map {
      "\($0 % 4),\(1_494_000_000 + $0),\($0 % 7),p\($0 % 2),\(1 - $0 % 2),\($0 % 2)\n"
    }
    let text = try text("user,time_stamp,adgroup_id,pid,nonclk,clk\n" + rows.joined())
    #expect(text.contains("label: {column: clk}"), "\(text)")
    let parts = text.components(separatedBy: "event_features:")
    #expect(parts.count == 2 && !parts[0].contains("nonclk") && parts[1].contains("nonclk"), "\(text)")
  }

  /// Of the values of a label those that say yes are the positive ones; where none does, nothing is taken for one.
  @Test(arguments: [
    ("Y,N", "positive: [\"Y\"], negative: [\"N\"]}"), ("t,f", "positive: [t], negative: [f]}"),
    ("1.0,0.0,nan", "positive: [\"1.0\"], negative: [\"0.0\"]}  # not sure: what is nan?"),
    ("1,0,2,yes", "positive: [\"1\", \"yes\"], negative: [\"0\"]}  # not sure: what is \"2\"?"),
    ("yes,no,maybe", "positive: [\"yes\"], negative: [\"no\"]}  # not sure: what is maybe?"),
    ("a,b", "}  # name the positive ones, positive: [...]; the values are a, b"),
  ])
  func answersOfLabels(_ values: String, _ label: String) throws {
    let values = values.split(separator: ",")
    let rows = (0..<40).map { "u\($0 % 4),t\($0 % 7),\(1_500_000_000 + $0),\(values[$0 % values.count])\n" }
    let text = try text("user,item,timestamp,clicked\n" + rows.joined())
    #expect(text.contains("label: {column: clicked"), "\(text)")
    #expect(text.contains(label), "\(text)")
  }

  /// A date that stands for none does not hide that the others are dates.
  @Test(arguments: [
    ("2024-01-02", "unit: iso8601}"), ("02.01.2024", "format: \"%d.%m.%Y\"}"),
  ])
  func someDatesAreNone(_ date: String, _ time: String) throws {
    let rows = (0..<40).map { "u\($0 % 4),t\($0 % 7),\($0 == 7 ? "0000-00-00" : date),\($0 % 2)\n" }
    let text = try text("user,item,timestamp,clicked\n" + rows.joined())
    #expect(text.contains(time), "\(text)")
  }

  @Test func namesThatBecomeTheSameAreToldApart() throws {
    let text = try text(
      "user,item,timestamp,label,a b,a_b,a:b\nu,x,1300000000,1,1,2,3\nu,y,1300000001,0,1,2,3\n")
    let schema = try Schema.parse(text, file: "schema.yaml")
    #expect(schema.sampleFeatures.map(\.name) == ["a_b", "a_b_2", "a_b_3", "hour"])
  }

  @Test(arguments: [
    ("20200101123000", "%Y%m%d%H%M%S"), ("202206030326", "%Y%m%d%H%M"), ("2020010112", "%Y%m%d%H"),
    ("12/31/99 10:00", "%m/%d/%y %H:%M"), ("2020-03-22 08", "%Y-%m-%d %H"),
    ("Mon Mar 02 07:58:49 -0800 2020", "%a %b %d %H:%M:%S %z %Y"),
  ])
  func timesWithoutSeparatorsAndWithDays(_ time: String, _ format: String) throws {
    let text = try text("user,item,shown,label\nu,a,\(time),1\nu,b,\(time),0\n")
    #expect(text.contains("time: {column: shown, format: \"\(format)\"}"), "\(text)")
  }
}
