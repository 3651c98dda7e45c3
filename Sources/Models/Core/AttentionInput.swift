/// What the attention's first layer sees of a candidate q and a history entry k.
package enum AttentionInput: String, Sendable, CaseIterable {
  /// [q ; k], as in the reference implementation; q and k may differ in width.
  case concatenated
  /// [q ; k ; q - k ; q * k], DIN's original input; q and k have the same width.
  case original
}
