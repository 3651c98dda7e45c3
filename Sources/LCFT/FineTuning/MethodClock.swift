import Support

/// Seconds that each method takes by itself, over all users so far. What methods share (the user's submodel
/// and the cloud model's losses) counts to each of them.
struct MethodClock {
  /// [methods]
  private(set) var seconds: [Double]
  private var start = 0.0
  private var shared = 0.0

  init(methods: Int) { seconds = Array(repeating: 0, count: methods) }

  mutating func beginUser() { start = steadySeconds() }

  /// What comes now is no longer shared.
  mutating func endShared() {
    let now = steadySeconds()
    shared = now - start
    start = now
  }

  mutating func beginMethod() { start = steadySeconds() }

  mutating func endMethod(_ index: Int) { seconds[index] += shared + (steadySeconds() - start) }
}
