/// Shows or keeps how far work is. A listener gets events no more often than it wants them.
package protocol ProgressListener: AnyObject {
  /// The least seconds until the next event of a piece of work that has given `events` so far: from its
  /// start, or from its latest event. The last event of a work comes in any case.
  func interval(after events: Int) -> Double

  func receive(_ event: ProgressEvent)
}
