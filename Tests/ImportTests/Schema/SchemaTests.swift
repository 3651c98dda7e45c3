import Import
import Support
import Testing
import YAML

/// Reading a schema file, and refusing one with the line.
@Suite struct SchemaTests {
  private func parse(_ text: String) throws -> Schema {
    try Schema.parse(text, file: "s.yaml", folder: "data/")
  }

  private func refusal(_ text: String) -> String {
    do {
      _ = try parse(text)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  @Test func everythingHasADefault() throws {
    let schema = try parse("log: {files: views.csv}\n")
    #expect(schema.log.files == ["data/views.csv"])
    #expect(
      schema.log.user == "user" && schema.log.item == "item" && schema.log.time == .init(column: "timestamp"))
    #expect(schema.label == .unstated)
    #expect(schema.split == .fraction(0.8))
    #expect(
      schema.repeats == .first && schema.sameTime == nil && schema.malformed == .fail && schema.seed == 1)
    #expect(schema.negatives == NegativeSampling())
  }

  @Test func everythingCanBeSaid() throws {
    let schema = try parse(
      """
      log: {files: [/a.tsv, b.tsv], delimiter: tab, quotes: false, missing: "-", user: m, item: s, time: {column: at, unit: ms, utc_offset: -5.5}}
      label: none
      negatives: {per_user: 2-3, own_items: as-negatives, among: existing, popularity: 0.75}
      users: {file: u.csv, features: {age: years}}
      items: {file: i.jsonl, format: jsonl, key: id, features: {price: {kind: numeric, transform: [log, quantiles(5)]}}}
      split: {time: 2013-11-22T02:00:00Z}
      minimum_training_samples: 5
      seed: 9
      """)
    #expect(schema.log.files == ["/a.tsv", "data/b.tsv"])
    #expect(schema.log.time.utcOffset == -19_800 && schema.log.time.unit == .milliseconds)
    #expect(schema.log.form.delimiter == [9] && schema.log.form.missing == ["-"] && !schema.log.form.quotes)
    #expect(
      schema.negatives
        == NegativeSampling(ratios: 2...3, ownItems: .asNegatives, among: .existing, popularityPower: 0.75))
    #expect(schema.users?.key == "m" && schema.users?.features.first?.columns == ["years"])
    #expect(schema.items?.features.first?.kind == .numeric([.log, .quantiles(5)]))
    #expect(schema.split == .time(1_385_085_600))
    #expect(schema.files == ["/a.tsv", "data/b.tsv", "data/u.csv", "data/i.jsonl"])
  }

  @Test(arguments: [
    ("label: none", "s.yaml:1: log is missing"),
    ("log:\n  files: []", "s.yaml:2: log.files must be the path"),
    ("log:\n  files: a\n  usr: x", "s.yaml:3: unknown key usr in log (did you mean user?)"),
    ("lgo: {files: a}\nlabel: y", "s.yaml:1: unknown key lgo (did you mean log?)"),
    ("log: {file: a}", "s.yaml:1: unknown key file in log (did you mean files?)"),
    ("# nothing\n", "s.yaml:1: log is missing: the log's files and their columns"),
    (
      "log: {files: a}\nsplit: {fraction: 0.5}\nlog: {files: b}",
      "s.yaml:3: log is given twice, first in line 1: leave one out"
    ),
    ("log: {files: [a, b}", "s.yaml:1: not valid YAML: "),
    ("log: {files: a}\nlabels: y", "s.yaml:2: unknown key labels (did you mean label?)"),
    ("log: {files: a, delimiter: '\"'}", "s.yaml:1: log.delimiter must be comma, tab"),
    ("log: {files: a, header: false}", "s.yaml:1: log.header is false, so that columns"),
    ("log: {files: a, columns: [x, x]}", "s.yaml:1: log.columns must not have a name twice"),
    ("log: {files: a, time: {unit: days}}", "s.yaml:1: log.time.unit must be one of s, ms, us, ns, iso8601"),
    ("log: {files: a, time: {format: '%H:%M'}}", "s.yaml:1: log.time.format must be a pattern"),
    ("log: {files: a, time: {utc_offset: 99}}", "s.yaml:1: log.time.utc_offset must be hours"),
    ("log: {files: a}\nlabel: {columns: [x]}", "s.yaml:2: label.columns must be two columns"),
    (
      "log: {files: a}\nlabel: {column: y, at_least: 4, positive: [x]}",
      "s.yaml:2: label.positive and negative"
    ),
    ("log: {files: a}\nlabel: y\nnegatives: {}", "s.yaml:3: negatives are drawn only where"),
    (
      "log: {files: a}\nnegatives: {per_user: 9-1}",
      "s.yaml:2: negatives.per_user must be a number or a range"
    ),
    ("log: {files: a}\nsplit: {fraction: 1}", "s.yaml:2: split.fraction must be above 0"),
    ("log: {files: a}\nsplit: {}", "s.yaml:2: split must have one of"),
    ("log: {files: a}\nsample_features:\n  'a b': {}", "s.yaml:3: sample_features.a b is no name"),
    (
      "log: {files: a}\nsample_features:\n  x: {kind: number}",
      "s.yaml:3: sample_features.x.kind must be one of"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {kind: numeric, transform: [quantiles(4), log]}",
      "s.yaml:3: sample_features.x.transform must have quantiles last"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {from: time, kind: vector, width: 2}",
      "s.yaml:3: sample_features.x.kind must be categorical or numeric for a part of the time"
    ),
    (
      "log: {files: a}\nusers: {file: u, features: {x: {from: time}}}",
      "s.yaml:2: users.features.x.from is for"
    ),
    (
      "log: {files: a}\nitems: {file: i, features: {x: {kind: vector}}}",
      "s.yaml:2: items.features.x.width is missing"
    ),
    (
      "log: {files: a, item: {column: x, label: ''}}",
      "s.yaml:1: log.item.label must be the one or two characters between values"
    ),
    ("log: {files: a, item: {column: x, list: ' '}}\nlabel: y", "s.yaml:2: label stands with each item"),
    (
      "log: {files: a, item: {column: x, list: ' '}}\nsample_features: {y: {column: x}}",
      "s.yaml:2: sample_features.y is made of the label's column x"
    ),
    ("log: {files: a, days: [2017-05-06]}", "s.yaml:1: log.days must be the first and the last day"),
    ("log: {files: a, days: [2017-05-06, 2017-05-01]}", "s.yaml:1: log.days must be the first"),
    ("log: {files: a, columns: [x, y], rest: z}", "s.yaml:1: log.rest must be one of columns"),
    (
      "log: {files: a, days: [2017-05-06, 2017-05-07]}\nsplit: {first_days: 2}",
      "s.yaml:2: split.first_days must be fewer than the 2 days of log.days"
    ),
    (
      "log: {files: a}\nlabel: {credit: {column: b, actions: [buy]}}",
      "s.yaml:2: label.credit.exposures must be the values"
    ),
    (
      "log: {files: a}\nlabel: {credit: {column: b, exposures: [pv], actions: [share]}}",
      "s.yaml:2: label.credit.actions has share: what a user did is click, cart"
    ),
    (
      "log: {files: a}\nlabel: {credit: {column: b, exposures: [pv], actions: {pv: buy}}}",
      "s.yaml:2: label.credit.actions has pv, which is an exposure, too"
    ),
    (
      "log: {files: a}\nlabel: {credit: {column: b, exposures: [pv], actions: [buy], window: week}}",
      "s.yaml:2: label.credit.window must be day, or a number of seconds"
    ),
    (
      "log: {files: a}\nlabel: {column: r, at_least: 4, between: [5, 1]}",
      "s.yaml:2: label.between must be the lowest and the highest"
    ),
    (
      "log: {files: a}\nlabel: {column: r, at_least: 4}\nevent_features: {action: {from: label}}",
      "s.yaml:3: event_features.action is what the user did, which needs a label with credit"
    ),
    (
      "log: {files: a}\nlabel: y\nsample_features: {action: {from: label}}",
      "s.yaml:3: sample_features.action.from label is for event_features"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {list: ''}",
      "s.yaml:3: sample_features.x.list must be the one or two characters between values, or true"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {keep: 3}",
      "s.yaml:3: sample_features.x.keep is for lists: give list, too"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {flags: [p, p]}",
      "s.yaml:3: sample_features.x.flags must be a list of different columns"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {flags: [p], column: q}",
      "s.yaml:3: sample_features.x.flags and column exclude each other"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {flags: [p], kind: numeric}",
      "s.yaml:3: sample_features.x.kind must be categorical for a feature of flags"
    ),
    (
      "log: {files: a}\nhistory: {files: b, item: 'x{y'}",
      "s.yaml:2: history.item must be a column, or a pattern"
    ),
    (
      "log: {files: a}\nhistory: {files: b, item_features: {brand: b}}",
      "s.yaml:2: history.item_features.brand is no feature of items"
    ),
    (
      "log: {files: a}\nsample_features:\n  aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeef: {}",
      "s.yaml:3: sample_features.aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeef is no name of a feature"
    ),
    // What is known only afterwards must not be seen of a candidate.
    (
      "log: {files: a}\nsample_features:\n  x: {}\nevent_features:\n  x: {column: z}",
      "s.yaml:3: sample_features.x is an event feature, too"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {column: z}\nevent_features:\n  y: {column: z}",
      "s.yaml:3: sample_features.x is made of the column z, as the event feature y is"
    ),
    (
      "log: {files: a}\nlabel: y\nsample_features:\n  x: {column: y}",
      "s.yaml:4: sample_features.x is made of the label's column y"
    ),
    (
      "log: {files: a}\nlabel: y\nitems: {features: {x: {column: y}}}",
      "s.yaml:3: items.features.x is made of the label's column y"
    ),
    (
      "log: {files: a}\nevent_features: {y: {}}\nusers: {features: {y: {}}}",
      "s.yaml:3: users.features.y is an event feature, too"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {vocabulary: v}\n  y: {vocabulary: v, min_count: 3}",
      "s.yaml:4: sample_features.y shares the vocabulary v with samples.x and must have the same min_count"
    ),
    (
      "log: {files: a}\nsample_features:\n  x: {table: v, vocabulary: w}\n  y: {table: v}",
      "s.yaml:4: sample_features.y shares the table v with samples.x and must share its vocabulary w"
    ),
  ])
  func refusals(_ text: String, _ message: String) {
    #expect(refusal(text).hasPrefix(message), "\(refusal(text))")
  }

  /// Dates without a zone are of the log's clock, in the split as in the log.
  @Test func theSplitsDateIsOfTheLogsClock() throws {
    func split(_ time: String, _ offset: String) throws -> Schema.Split {
      try Schema.parse(
        "log: {files: a, time: {utc_offset: \(offset)}}\nsplit: {time: \(time)}", file: "s.yaml"
      ).split
    }
    #expect(try split("2024-03-08", "0") == .time(1_709_856_000))
    #expect(try split("2024-03-08", "5.5") == .time(1_709_836_200))
    #expect(try split("2024-03-08T00:00:00Z", "5.5") == .time(1_709_856_000))
    #expect(try split("1709856000", "5.5") == .time(1_709_856_000))
  }

  @Test func aMissingSchemaIsNamed() {
    #expect(throws: YAMLError.unreadable(file: "/no/such.yaml", reason: "no such schema")) {
      try Schema.read("/no/such.yaml")
    }
  }
}
