import Support

/// What an import found that is probably a mistake, with the option that mends it.
package enum ImportWarning: Equatable, Sendable, CustomStringConvertible {
  /// No sample has label 1.
  case nothingLabelled(samples: Int, source: String, mend: String)
  /// No sample has label 0.
  case everythingLabelled(samples: Int, source: String, mend: String)
  /// Positives whose users have an event with every item that could be drawn.
  case withoutNegatives(Int, of: Int, mend: String)
  /// Many negatives are of an item that was drawn before for the same positive.
  case alikeNegatives(Int, of: Int, mend: String)
  /// At least half of a file's rows were left out.
  case mostlyLeftOut(file: String, rows: Int, of: Int, reason: String, mend: String)
  /// Most categories belong to a single item, and so say nothing that the item does not.
  case lonelyCategories(Int, of: Int, mend: String)
  /// The ratings are not on the scale that the default threshold is made for.
  case ratingScale(lowest: Double, highest: Double, threshold: Double, mend: String)
  /// Ratings of a value that often stands for "not rated".
  case notRated(value: Int, ratings: Int, of: Int, mend: String)
  /// At least half of the items or users are not in their file; `what` says which.
  case withoutRow(Int, of: Int, what: String, mend: String)
  /// A feature without a value in at least half of its rows; `what` is its path.
  case mostlyMissing(Int, of: Int, what: String, mend: String)
  /// Rows of one user, item and time with different labels.
  case otherLabels(Int, example: String, mend: String)
  /// Times of another unit than the file's first.
  case mixedTimes(Int, unit: String, isGiven: Bool = false, mend: String)
  /// All times would be dates if they were read in `format`: 20240101.
  case datesAsSeconds(ClosedRange<Int64>, format: String)
  /// Times of a distant future: the year of the last one.
  case distantTimes(year: Int64)
  /// Times that stand for none, in all likelihood: what they do.
  case unlikelyTimes(String)
  /// Data sets whose labels have different rules.
  case differentLabels([String], mend: String)
  case noSamples(mend: String)
  case noTrainingSamples(split: String, times: ClosedRange<Int64>?, mend: String)
  case noTestSamples(split: String, times: ClosedRange<Int64>?, mend: String)
  /// There are training and test samples, and no user has both.
  case nobodyHasBoth(split: String, mend: String)
  /// Users of whom a training sample is later than a test sample.
  case trainingAfterTest(users: Int, mend: String)
  /// Drawn negatives of positives that stay, lost with their items.
  case lostNegatives(Int, of: Int, mend: String)
  /// Drawn negatives that the user acted on in another of the data sets that were joined.
  case ownNegatives(Int, of: Int, mend: String)
  /// Few users have training and test samples.
  case fewHaveBoth(Int, of: Int, split: String, mend: String)
  /// The parameters of a feature's transformation say nothing, as it has no value in the training part.
  case unfitted(String, mend: String)

  package var description: String {
    switch self {
    case .nothingLabelled(let samples, let source, let mend):
      "none of \(counted(samples, "sample")) is positive (\(source)): \(mend)"
    case .everythingLabelled(let samples, let source, let mend):
      "all samples are positive, \(samples) of them (\(source)): \(mend)"
    case .withoutNegatives(let count, let all, let mend):
      "\(count) of \(all) positives have no negatives, as no item is left that could be drawn: \(mend)"
    case .alikeNegatives(let count, let all, let mend):
      "\(count) of \(all) negatives are of an item that was drawn before for the same positive: \(mend)"
    case .withoutRow(let count, let all, let what, let mend):
      "\(count) of \(all) \(what) have no row in the file of \(what): \(mend)"
    case .mostlyMissing(let count, let all, let what, let mend):
      "\(what) has no value in \(count) of \(all) rows: \(mend)"
    case .mostlyLeftOut(let file, let rows, let all, let reason, let mend):
      "\(quoted(file)): \(rows) of \(all) rows are left out, most of them because \(reason): \(mend)"
    case .lonelyCategories(let count, let all, let mend):
      "\(count) of \(all) categories have a single item and tell no items apart that ids do not: \(mend)"
    case .ratingScale(let lowest, let highest, let threshold, let mend):
      "ratings run from \(plain(lowest)) to \(plain(highest)); the default threshold makes \(plain(threshold)) and "
        + "more positive: give \(mend)"
    case .notRated(let value, let ratings, let all, let mend):
      "\(ratings) of \(all) ratings are \(value), which often stands for \"not rated\" and is now a negative: leave them "
        + "out with \(mend)"
    case .otherLabels(let count, let example, let mend):
      "\(counted(count, "row")) with another label than a row of the same user, item and time (\(example)): \(mend)"
    case .mixedTimes(let count, let unit, let isGiven, let mend):
      isGiven
        ? "\(counted(count, "time")) before 1979, read in \(unit) as the schema or the option says: \(mend)"
        : "\(counted(count, "time")) not in \(unit), as the first one is: \(mend)"
    case .datesAsSeconds(let times, let format):
      "times run from \(times.lowerBound) to \(times.upperBound) s since 1970, and look like dates that are read as "
        + "numbers: give a schema with "
        + "log.time.format: \"\(format)\", or dates such as 2024-01-31"
    case .distantTimes(let year):
      "times run up to the year \(year): give the right unit (--time-unit, or log.time.unit in a schema), or the "
        + "log.time.format of a schema"
    case .unlikelyTimes(let what):
      "times \(what): correct the rows whose time is not known, or leave them out"
    case .differentLabels(let rules, let mend):
      "the data sets' labels have different rules (\(rules.joined(separator: "; "))): \(mend)"
    case .noSamples(let mend): "there are no samples: \(mend)"
    case .noTrainingSamples(let split, let times, let mend):
      "there are no training samples (\(split)\(span(times))): \(mend)"
    case .noTestSamples(let split, let times, let mend):
      "there are no test samples (\(split)\(span(times))): \(mend)"
    case .nobodyHasBoth(let split, let mend):
      "no user has both training and test samples (\(split)), so that nobody can be evaluated: \(mend)"
    case .trainingAfterTest(let users, let mend):
      "\(counted(users, "user")) with training samples that are later than their test samples: \(mend)"
    case .lostNegatives(let lost, let all, let mend):
      "\(lost) of \(all) negatives of the users that stay are left out with their items, so that more of the samples "
        + "are positive: \(mend)"
    case .ownNegatives(let count, let all, let mend):
      "\(count) of \(all) drawn negatives are items that their user acted on in another of the files: \(mend)"
    case .fewHaveBoth(let count, let all, let split, let mend):
      "\(count) of \(counted(all, "user")) have both training and test samples (\(split)) and can be evaluated: "
        + mend
    case .unfitted(let path, let mend):
      "\(path) has no value in the training part, so that its transformation says nothing: \(mend)"
    }
  }

  private func span(_ times: ClosedRange<Int64>?) -> String {
    times.map { "; the log runs from \($0.lowerBound) to \($0.upperBound)" } ?? ""
  }
}

/// What an importer's options are called, for the warnings.
struct ImportAdvice: Equatable, Sendable {
  var labels: String
  var split = "give --split-fraction 0.8, or a --split-time inside the log"
  /// Where each user's first part trains already, so that no other split would help.
  var moreTimes = "give a log with more rows per user, of more than one time"
  var leftOut = "correct the file, or the options that describe it"
  var categories = "give --maximum-categories 1, or other categories"
  var items = "check that both files have the same ids"
  var noSamples = "give a log with more rows per user"
  var missing = "give the right column, or leave the feature out"
  var negatives = "give --own-items as-negatives, or a log of more items"
  var fewItems =
    "give fewer --negatives, a lower --popularity-power (per_user and popularity of negatives in a schema), or a log of "
    + "more items"
  var repeats = "give the right columns of user, item and time, or --repeats keep"
}

extension ImportAccount {
  /// Adds the warnings that follow from the counts.
  mutating func review(split: String, _ training: Int, _ test: Int, _ advice: ImportAdvice) {
    for file in files where file.rows >= 2 {
      let reasons = file.leftOut.filter { !$0.isExpected }
      let rows = reasons.reduce(0) { $0 + $1.count }
      guard rows * 2 >= file.rows, let most = reasons.max(by: { $0.count < $1.count }) else { continue }
      let mend = most.what == RowAccount.repeated ? advice.repeats : advice.leftOut
      warnings.append(
        .mostlyLeftOut(file: file.file, rows: rows, of: file.rows, reason: most.what, mend: mend))
    }
    if otherLabels.count > 0 {
      let mend =
        keepsRepeats
        ? "all of them are samples; correct the log if one label is right"
        : "the first row counts; correct the log if another is right"
      warnings.append(.otherLabels(otherLabels.count, example: otherLabels.example, mend: mend))
    }
    if training + test == 0 {
      warnings.append(.noSamples(mend: advice.noSamples))
    } else if training == 0 {
      warnings.append(.noTrainingSamples(split: split, times: times, mend: advice.split))
    } else if test == 0 {
      warnings.append(.noTestSamples(split: split, times: times, mend: advice.split))
    } else if users.withBoth == 0 {
      warnings.append(.nobodyHasBoth(split: split, mend: advice.split))
    } else if users.withBoth * 10 < users.all - (belowMinimum?.users ?? 0) {
      warnings.append(.fewHaveBoth(users.withBoth, of: users.all, split: split, mend: advice.split))
    }
    let without = negatives?.positivesWithout ?? 0
    if without * 10 > labelled.samples {
      warnings.append(.withoutNegatives(without, of: labelled.samples, mend: advice.negatives))
    }
    if let negatives, negatives.alike * 4 > negatives.drawn {
      warnings.append(.alikeNegatives(negatives.alike, of: negatives.drawn, mend: advice.fewItems))
    }
    if labelled.samples > 0 && labelled.positives == 0 {
      warnings.append(
        .nothingLabelled(samples: labelled.samples, source: labelSource, mend: advice.labels))
    } else if labelled.samples > without && training + test == labelled.positives {
      warnings.append(
        .everythingLabelled(samples: labelled.samples, source: labelSource, mend: advice.labels))
    }
    if categories.all >= 10 && categories.ofOneItem * 2 > categories.all {
      warnings.append(
        .lonelyCategories(categories.ofOneItem, of: categories.all, mend: advice.categories))
    }
    for (without, all, what) in [(usersWithoutRow, users.all, "users"), (itemsWithoutRow, items, "items")] {
      guard let without, all > 0, without * 2 >= all else { continue }
      warnings.append(.withoutRow(without, of: all, what: what, mend: advice.items))
    }
    for feature in features where feature.rows > 0 && feature.missing * 2 >= feature.rows {
      warnings.append(
        .mostlyMissing(feature.missing, of: feature.rows, what: feature.path, mend: advice.missing))
    }
  }
}
