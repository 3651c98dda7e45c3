import Support
import YAML

/// The values that a setting may have: how one is read from YAML and how it is written as YAML.
struct SettingValue<Value: Equatable> {
  /// What a value must be.
  let words: String
  /// The value of a key, the given one where there is none.
  let read: (YAMLSection, String, Value) throws -> Value
  /// As YAML; nil for what is written by leaving the key out.
  let text: (Value) -> String?
  /// Two allowed values that differ.
  let samples: [Value]

  /// An allowed value other than `value`.
  func other(than value: Value) -> Value {
    guard let other = samples.first(where: { $0 != value }) else {
      preconditionFailure("two samples differ")
    }
    return other
  }
}

extension SettingValue {
  /// The values of `value`, or nil where the key is left out.
  static func optional<Wrapped>(_ value: SettingValue<Wrapped>) -> Self where Value == Wrapped? {
    SettingValue(
      words: value.words,
      read: { section, key, fallback in
        section.has(key) ? try value.read(section, key, value.samples[0]) : fallback
      },
      text: { $0.flatMap(value.text) }, samples: value.samples)
  }
}

extension SettingValue where Value == String {
  static var text: Self {
    SettingValue(
      words: YAMLSection.Words.text, read: { try $0.string($1, default: $2) }, text: yamlText,
      samples: ["this", "that"])
  }

  /// One of the names `allowed`.
  static func name(of allowed: [String]) -> Self {
    SettingValue(
      words: YAMLSection.Words.one(of: allowed), read: { try $0.choice($1, default: $2, of: allowed) },
      text: { $0 }, samples: Array(allowed.prefix(2)))
  }
}

extension SettingValue where Value == Bool {
  static var boolean: Self {
    SettingValue(
      words: YAMLSection.Words.boolean, read: { try $0.boolean($1, default: $2) }, text: { "\($0)" },
      samples: [false, true])
  }
}

extension SettingValue where Value == Int {
  static func integer(_ range: ClosedRange<Int>) -> Self {
    SettingValue(
      words: YAMLSection.Words.wholeNumber(range), read: { try $0.integer($1, default: $2, in: range) },
      text: { "\($0)" }, samples: [range.lowerBound, range.lowerBound + 1])
  }
}

extension SettingValue where Value == UInt64 {
  /// A whole number from 0 on.
  static var natural: Self {
    SettingValue(
      words: YAMLSection.Words.wholeNumber(0...Int.max),
      read: { UInt64(try $0.integer($1, default: Int(clamping: $2), in: 0...Int.max)) }, text: { "\($0)" },
      samples: [0, 1])
  }
}

extension SettingValue where Value == Double {
  static func number(_ range: ClosedRange<Double>) -> Self {
    SettingValue(
      words: YAMLSection.Words.number(range), read: { try $0.number($1, default: $2, in: range) },
      text: { "\($0)" }, samples: range.samples)
  }
}

extension SettingValue where Value == [Int] {
  static func integers(_ range: ClosedRange<Int>, counts: ClosedRange<Int>) -> Self {
    SettingValue(
      words: YAMLSection.Words.wholeNumbers(range, counts: counts),
      read: { try $0.integers($1, default: $2, in: range, counts: counts) }, text: { "\($0)" },
      samples: (0...1).map { Array(repeating: range.lowerBound + $0, count: counts.lowerBound) })
  }
}

extension SettingValue where Value == [Double] {
  static func numbers(_ range: ClosedRange<Double>, counts: ClosedRange<Int>) -> Self {
    SettingValue(
      words: YAMLSection.Words.numbers(range, counts: counts),
      read: { try $0.numbers($1, default: $2, in: range, counts: counts) },
      text: { $0.isEmpty ? nil : "\($0)" },
      samples: range.samples.map { Array(repeating: $0, count: counts.lowerBound) })
  }
}

extension SettingValue where Value: RawRepresentable<String> {
  /// One of the cases `allowed`.
  static func choice(_ allowed: [Value]) -> Self {
    let names = allowed.map(\.rawValue)
    return SettingValue(
      words: YAMLSection.Words.one(of: names),
      read: { section, key, fallback in
        Value(rawValue: try section.choice(key, default: fallback.rawValue, of: names)) ?? fallback
      },
      text: { $0.rawValue }, samples: Array(allowed.prefix(2)))
  }
}

extension SettingValue {
  /// Some of the cases `allowed`, each of which is called a `noun`.
  static func choices<Choice: RawRepresentable<String> & Equatable>(
    _ allowed: [Choice], _ noun: String
  ) -> Self where Value == [Choice] {
    let names = allowed.map(\.rawValue)
    return SettingValue(
      words: YAMLSection.Words.some(of: names),
      read: { section, key, fallback in
        try ChoiceList(noun, among: names).read(section, key, fallback.map(\.rawValue))
          .compactMap(Choice.init(rawValue:))
      },
      text: { "[\($0.map(\.rawValue).joined(separator: ", "))]" }, samples: allowed.prefix(2).map { [$0] })
  }
}

extension ClosedRange<Double> {
  /// The middle, and the middle of the lower half.
  fileprivate var samples: [Double] {
    let middle = (lowerBound + upperBound) / 2
    return [middle, (lowerBound + middle) / 2]
  }
}
