import IO
import Import
import Support
import TestSupport
import Testing

/// What messages say of times that are not as the schema has them.
@Suite struct TableTimeMessageTests {
  private func message(_ time: String, _ values: String...) throws -> String {
    let rows = values.enumerated().map { "u,i\($0),\"\($1)\"\n" }.joined()
    let error = #expect(throws: ImportError.self) {
      try TableResult("log: {files: log.csv, time: \(time)}\n", ["log.csv": "user,item,timestamp\n" + rows])
    }
    return "\(try #require(error))"
  }

  @Test(arguments: [
    ("11/22/2013", "\"%m/%d/%Y\""), ("22.11.2013", "\"%d.%m.%Y\""),
    ("22.11.2013 10:00", "\"%d.%m.%Y %H:%M\""),
    ("01/02/2013", "\"%m/%d/%Y\" or \"%d/%m/%Y\""),
  ])
  func theFormatThatFitsIsNamed(_ time: String, _ format: String) throws {
    for unit in ["timestamp", "{unit: iso8601}"] {
      #expect(try message(unit, time, time).contains("log.time.format: \(format) in a schema reads it"))
    }
  }

  @Test(arguments: [
    "20131122T000000Z", "20131122", "20131122T0000", "20131122T010000+01:00", "20131122T000000.000Z",
  ])
  func theBasicFormIsRead(_ time: String) throws {
    let found = try TableResult(
      "log: {files: log.csv, time: {unit: iso8601}}\n",
      ["log.csv": "user,item,timestamp\nu,a,\(time)\nu,b,\(time)\n"])
    #expect(found.dataset.events.timestamp.elements == [1_385_078_400, 1_385_078_400])
  }

  /// What a time is, where it is not what the others are.
  @Test func timesOfAnotherKind() throws {
    let date = "times are read as seconds, as the first row's is: give --time-unit"
    #expect(
      try message("timestamp", "1385078400", "2013-11-22").contains("\"2013-11-22\" is a date, but \(date)"))
    #expect(
      try message("timestamp", "2013-11-22", "1385078400").contains(
        "is a number, but times are read as dates"))
    #expect(
      try message("{unit: iso8601}", "1385078400").contains(
        "times are read as dates, as is given: give another"))
    #expect(
      try message("timestamp", "1.3698e+09").contains("has an exponent, as programs write a rounded number"))
    #expect(try message("timestamp", "1950-01-01").contains("times before 1970 cannot be kept"))
    #expect(try message("timestamp", "NA").contains("timestamp is \"NA\", which stands for no value"))
  }

  @Test func aUnitThatWasGivenIsNotGuessed() throws {
    let text = try message("{unit: s}", "1385078400000", "1385078400000")
    #expect(text.contains("the unit is given as s, and this looks like ms"))
    let found = try TableResult(
      "log: {files: log.csv, time: {unit: ms}}\n",
      ["log.csv": "user,item,timestamp\nu,a,1385078400\nu,b,1385078401\n"])
    let warning = found.account.warnings.map { "\($0)" }.first { $0.contains("before 1979") }
    #expect(
      warning
        == "2 times before 1979, read in milliseconds as the schema or the option says: correct log.time.unit, "
        + "or correct the file")
  }
}
