/// Where work reports how far it is: any number of listeners, which all get the same kind of event.
package struct ProgressFeed {
  private let listeners: [any ProgressListener]
  private let clock: () -> Double

  /// `clock` gives seconds that never step back; tests have clocks of their own.
  package init(_ listeners: [any ProgressListener], clock: @escaping () -> Double = steadySeconds) {
    self.listeners = listeners
    self.clock = clock
  }

  /// Reports to nobody.
  package static var silent: ProgressFeed { ProgressFeed([]) }

  /// Reports on standard error: on one line of a terminal, or by lines in a log.
  package static var standardError: ProgressFeed {
    ProgressFeed([isatty(2) == 1 ? TerminalProgress() : LogProgress()])
  }

  /// The same with one more listener.
  package func adding(_ listener: any ProgressListener) -> ProgressFeed {
    ProgressFeed(listeners + [listener], clock: clock)
  }

  /// Begins a piece of work of `total` units; nil where their number is not known before the end. An `earlier` run has done
  /// some of them.
  ///
  /// Where units differ much in cost, the time left is estimated by cost: `totalCost` is the cost of all units but the
  /// earlier ones, in any measure, and every `update` tells the cost of those that this run has done.
  package func start(
    _ work: String, unit: String, total: Double? = nil, earlier: Double = 0, totalCost: Double? = nil
  ) -> ProgressTask {
    ProgressTask(work, unit: unit, total: total, earlier: earlier, totalCost: totalCost, listeners, clock)
  }
}
