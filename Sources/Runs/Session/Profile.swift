import Dist
import Foundation
import IO
import Support

/// A timeline of all ranks in the Chrome trace event format, which chrome://tracing and Perfetto open: a
/// process per rank, a complete event per phase.
///
/// Every rank keeps its latest events in a buffer of fixed size. Times are those of rank 0's clock: the other
/// hosts' are compared with it when the run begins and when the file is written.
package final class Profile {
  private let path: String
  private let outputs: RunOutputs
  private let clock: PhaseClock
  private let communicator: any Communicator
  /// What has to be added to this rank's clock, as it was at `measured`.
  private let offset: Double
  private let measured: Double

  /// Begins to keep events of a run that makes `outputs`. Collective.
  init(
    _ path: String, of outputs: RunOutputs, _ clock: PhaseClock, _ communicator: any Communicator
  ) throws {
    self.path = path
    self.outputs = outputs
    self.clock = clock
    self.communicator = communicator
    offset = try communicator.clockOffset()
    measured = clock.now()
    // The events of all ranks together bound the size of the file: about 400 MB.
    clock.keepEvents(min(1 << 17, max(1 << 12, (1 << 22) / communicator.size)))
  }

  /// Writes what has been kept. Returns, on rank 0, how many events all ranks have dropped. Collective.
  func write() throws -> Int {
    let drift = try communicator.clockOffset() - offset
    let span = max(clock.now() - measured, 1e-9)
    // A clock's rate is steady over a run, so its offset moves along a line.
    let events = clock.events().map { event in
      PhaseClock.Event(
        start: event.start + offset + drift * (event.start - measured) / span, duration: event.duration,
        phase: event.phase)
    }
    let first = try communicator.allreduce(events.map(\.start).min() ?? .infinity, .minimum)
    let dropped = try communicator.gather([clock.droppedCount], to: 0).values
    let all = try communicator.gather(events.withUnsafeBytes { [UInt8]($0) }, to: 0)
    try communicator.collectively {
      if communicator.rank == 0 { try write(all.values, all.counts, first: first, dropped: dropped) }
    }
    return dropped.reduce(0, +)
  }

  /// `bytes` are the ranks' events, one rank's after the other's.
  private func write(_ bytes: [UInt8], _ counts: [Int], first: Double, dropped: [Int]) throws {
    try AtomicFile.write(to: path) { temporary in
      guard FileManager.default.createFile(atPath: temporary, contents: nil),
        let file = FileHandle(forWritingAtPath: temporary)
      else { throw SystemError.failed(file: path, action: "create", code: errno) }
      defer { try? file.close() }
      let lost = dropped.map { "\($0)" }.joined(separator: ", ")
      var text =
        "\(EarlierTimeline.start)\(outputs.name)\", \"dropped_events_by_rank\": [\(lost)]}, "
        + "\"displayTimeUnit\": \"ms\", \"traceEvents\": [\n"
      func flush() throws {
        do { try file.write(contentsOf: Data(text.utf8)) } catch {
          throw SystemError.failed(file: path, action: "write", code: errno)
        }
        text = ""
      }
      var start = 0
      for rank in counts.indices {
        let own = "\"ph\": \"M\", \"pid\": \(rank), \"tid\": 0, \"args\""
        text +=
          "\(rank == 0 ? "" : ",\n"){\"name\": \"process_name\", \(own): {\"name\": \"rank \(rank)\"}},\n"
        text += "{\"name\": \"process_sort_index\", \(own): {\"sort_index\": \(rank)}}"
        let end = start + counts[rank]
        for place in stride(from: start, to: end, by: MemoryLayout<PhaseClock.Event>.stride) {
          let event = bytes.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: place, as: PhaseClock.Event.self)
          }
          text += line(event, rank: rank, first: first)
          if text.utf8.count > 1 << 16 { try flush() }
        }
        start = end
      }
      text += "\n]}\n"
      try flush()
    }
  }

  private func line(_ event: PhaseClock.Event, rank: Int, first: Double) -> String {
    let start = Int((1e9 * (event.start - first)).rounded())
    let end = Int((1e9 * (event.start + event.duration - first)).rounded())
    let name = Phase(rawValue: event.phase)?.name ?? "unknown"
    return ",\n{\"name\": \"\(name)\", \"cat\": \"lcft\", \"ph\": \"X\", \"ts\": \(microseconds(start)), "
      + "\"dur\": \(microseconds(end - start)), \"pid\": \(rank), \"tid\": 0}"
  }

  /// Nanoseconds as the format wants them, to the last digit: phases nest in the file as they do in the run.
  private func microseconds(_ nanoseconds: Int) -> String {
    let digits = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - digits.count) + digits
  }
}
