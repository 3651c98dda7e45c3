import IO
import Support

/// Which exposure an action in a log belongs to, where the log does not say.
///
/// An action on an item is credited to the user's last exposure of that item before it: the one whose next
/// exposure, if any, comes after the action. Events of one time come in the order of the file. So an action
/// has at most one exposure, and an exposure any number of actions, which make its label 1.
package struct ActionCredit: Equatable, Sendable {
  /// How long after its exposure an action still counts.
  package enum Window: Equatable, Sendable {
    /// Until the end of the exposure's day: no action of a test day makes a training label.
    case sameDay
    /// This many seconds.
    case seconds(Int64)

    /// As it stands in the data set's provenance.
    package var text: String {
      switch self {
      case .sameDay: "same day"
      case .seconds(let seconds): "\(seconds) seconds"
      }
    }
  }

  package var window: Window
  /// Seconds that the log's days are ahead of UTC's.
  package var offset: Int64

  package init(window: Window, offset: Int64) {
    self.window = window
    self.offset = offset
  }

  func check() throws(ImportError) {
    guard case .seconds(let seconds) = window, seconds < 0 else { return }
    throw .option(name: "action window", value: "\(seconds)", allowed: "0 seconds or more")
  }

  @inline(__always)
  private func reaches(from exposure: Int64, to action: Int64) -> Bool {
    switch window {
    case .sameDay: CalendarDay(of: exposure, offset: offset) == CalendarDay(of: action, offset: offset)
    case .seconds(let seconds): action - exposure <= seconds
    }
  }

  /// [events] 1 where an exposure has an action credited to it, and how many actions have no exposure.
  ///
  /// - Parameter items: the number of items.
  func labels(
    _ events: Dataset.Events, _ action: Column<UInt8>, _ offsets: Column<Int64>, items: Int
  ) -> (labels: Column<UInt8>, uncredited: Int) {
    let labels = Column<UInt8>(uninitialized: events.count)
    // Where each item was shown last; rows of earlier users lie before the user's first row.
    var shown = [Int](repeating: -1, count: items)
    let (item, time, code) = (events.item.pointer, events.timestamp.pointer, action.pointer)
    var uncredited = 0
    for users in Pieces(ofUsers: offsets, bytesPerRow: 14) {
      for user in users {
        let first = Int(offsets[user])
        for place in first..<Int(offsets[user + 1]) {
          labels.values[place] = 0
          if code[place] == Dataset.Action.exposure.rawValue {
            shown[Int(item[place])] = place
            continue
          }
          let exposure = shown[Int(item[place])]
          if exposure >= first && reaches(from: time[exposure], to: time[place]) {
            labels.values[exposure] = 1
          } else {
            uncredited += 1
          }
        }
      }
    }
    return (labels, uncredited)
  }
}
