/// The kinds of history that a model can read: which of a user's past events are entries.
package enum HistoryKind: String, CaseIterable, Sendable {
  /// Reviews, high ratings, clicks.
  case positive
  /// Low ratings, exposures without a click.
  case negative
  /// Items that were shown: events that record no action.
  case exposures
  /// Clicks, carts, favourites, purchases: events that record an action.
  case actions

  /// Whether it is made from the events' actions, which not every data set has.
  package var needsActions: Bool { self == .exposures || self == .actions }
}
