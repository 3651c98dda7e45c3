/// The part of a job that says which model to build. Defaults are the reference implementation's sizes.
public struct ModelConfiguration: Sendable, Equatable {
  /// The registered name, for example `DIN`.
  public var name: String
  public var userWidth = 9
  public var itemWidth = 9
  public var categoryWidth = 9
  /// Hidden layers of DIN's attention.
  public var attention = [80, 40]
  /// Hidden layers of the perceptron that ends in the logit.
  public var hidden = [200, 80]
  /// Names of the history sequences, in the order of `Batch.histories`.
  public var histories = ["positive"]

  public init(name: String) { self.name = name }
}
