import Support

/// The account as a short table.
extension ImportAccount {
  /// One line per file and per thing counted, without the warnings.
  package var lines: [String] {
    var lines: [String] = []
    for file in files { lines += file.lines }
    let samples = labelled.samples + (negatives?.drawn ?? 0)
    let share =
      samples == 0
      ? "no samples"
      : "\(labelled.positives) of \(samples) samples (\(percent(labelled.positives, samples))) are positive"
    lines.append(line("labels", "\(labelSource); \(share)"))
    if let split, split.samples > 0 {
      let share = "\(split.training) of \(split.samples) samples (\(percent(split.training, split.samples)))"
      lines.append(line("split", "\(split.rule): \(share) train"))
    }
    if let belowMinimum, belowMinimum.users > 0 {
      let users = counted(belowMinimum.users, "user")
      lines.append(
        line(
          "minimum",
          "\(counted(belowMinimum.samples, "sample")) of \(users) with up to \(belowMinimum.minimum) training samples "
            + "left out; their events stay"))
    }
    if let negatives {
      var text =
        negatives.areKept
        ? "\(negatives.drawn) that were drawn before; none is drawn anew"
        : "\(negatives.drawn) drawn, \(counted(negatives.redrawn, "draw")) repeated"
      if negatives.positivesWithout > 0 {
        text += "; \(negatives.positivesWithout) positives have none, as no item was left to draw"
      }
      lines.append(line("negatives", text))
    }
    if repeats > 0 {
      let end = keepsRepeats ? "kept" : "left out"
      lines.append(
        line(
          "repeats",
          "\(counted(repeats, "repeat")) of the user, item and time of another row"
            + (otherLabels.count > 0 ? ", \(otherLabels.count) of them with another label" : "") + "; \(end)")
      )
    }
    if trimmedIds > 0 {
      lines.append(line("ids", "\(trimmedIds) had spaces around them, which were taken off"))
    }
    if fractionalTimes > 0 {
      let kept = "rows are in its order, and whole seconds are kept"
      lines.append(line("times", "\(fractionalTimes) have a fraction of a second: \(kept)"))
    }
    lines.append(
      line(
        "users",
        "\(users.all): \(users.withBoth) with training and test samples, \(users.withoutTraining) without "
          + "training samples, \(users.withoutTest) without test samples, \(users.withoutSamples) without samples"
          + (belowMinimum.map { $0.users > 0 ? ", \($0.users) below the minimum" : "" } ?? "")
          + (usersWithoutRow.map { ", \($0) not in the file of users" } ?? "")
          + (sharedUsers.map { ", \($0) in several files" } ?? "")))
    var text = "\(items)" + (itemsWithoutMetadata.map { ", \($0) without a category" } ?? "")
    if let itemsWithoutRow { text += ", \(itemsWithoutRow) not in the file of items" }
    if let sharedItems { text += ", \(sharedItems) in several files" }
    lines.append(line("items", text))
    if categories.all > 0 {
      lines.append(line("categories", "\(categories.all), \(categories.ofOneItem) of a single item"))
    }
    return lines + features.map { line("feature", $0.text) }
  }

  /// The lines, then the warnings, as they stand in the data set's settings by name: `account_01`, ...
  var settings: [String: String] { settings(after: 0) }

  /// The same where `count` lines of an earlier account stay before them.
  func settings(after count: Int) -> [String: String] {
    var settings: [String: String] = [:]
    for (index, line) in (lines + warnings.map { "warning: \($0)" }).enumerated() {
      let number = index + count + 1
      settings[Self.settingPrefix + "\(number < 10 ? "0" : "")\(number)"] = String(quoted(line).prefix(500))
    }
    return settings
  }

  /// Before the number of a line in the name of its setting.
  static let settingPrefix = "account_"

  private func line(_ name: String, _ text: String) -> String { accountLine(name, text) }
}

/// A number without a point where it is whole.
func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }

/// A share for the eye: `48.2%`.
func percent(_ part: Int, _ whole: Int) -> String {
  guard whole > 0 else { return "0%" }
  let tenths = (Double(part) / Double(whole) * 1000).rounded() / 10
  return "\(tenths)%"
}

extension ImportAccount.Feature {
  /// `items/brand: categorical, 12 values, 3 of them rare (0.4% of occurrences), 5 of 100 rows without one`
  var text: String {
    var text = "\(path): \(kind)"
    if let (distinct, colliding) = collisions {
      text +=
        ", \(counted(distinct, "value")) in \(counted(values, "row")), \(colliding) of them share theirs"
    } else if kind == "categorical" {
      text += ", \(counted(values, "value"))"
      if rare > 0 {
        text +=
          rareShare == 0
          ? ", \(rare) of them not in the training part"
          : ", \(rare) of them rare (\((rareShare * 1000).rounded() / 10)% of occurrences)"
      }
    }
    return text + ", \(missing) of \(counted(rows, "row")) without one"
  }
}
