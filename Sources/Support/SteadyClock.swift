/// Seconds on a clock that never steps back, from an arbitrary start.
package func steadySeconds() -> Double { seconds(of: CLOCK_MONOTONIC) }

/// Seconds that the processor has spent on this thread. A rank computes on one. The time of the whole process would not do:
/// while a timer of it is set (`OutOfMemory.listen`), Linux tells it to the scheduler's tick only, some milliseconds.
package func processorSeconds() -> Double { seconds(of: CLOCK_THREAD_CPUTIME_ID) }

private func seconds(of clock: clockid_t) -> Double {
  var time = timespec()
  clock_gettime(clock, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}
