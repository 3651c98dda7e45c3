import Foundation
import Support

/// Why a raw file, or the options to read it with, were refused. Each description is one line for the user.
package enum ImportError: Error, Equatable, Sendable, CustomStringConvertible {
  case cannotOpen(file: String, code: Int32)
  /// A file that a schema names.
  case missingFile(file: String)
  /// A pipe or a device where a file is read twice.
  case readOnce(file: String, isPipe: Bool, mend: String)
  /// A folder where a file is expected.
  case isFolder(file: String)
  /// Neither a schema file nor the name of a shipped schema.
  case unknownSchema(name: String, hint: String)
  case cannotRead(file: String, offset: Int64, code: Int32)
  /// Offsets into gzip files count the bytes on disk.
  case gzipCutShort(file: String, offset: Int64)
  case gzipCorrupt(file: String, offset: Int64, message: String)
  case gzipTrailingBytes(file: String, offset: Int64)
  /// An archive, a table in binary, text in another encoding.
  case otherKind(file: String, FileSignature)
  /// One object per line, where separated values are expected.
  case objects(file: String)
  /// One list of objects instead of one object per line.
  case jsonArray(file: String)
  /// Lines that begin as objects do, none of which is one that has a key.
  case noObjects(file: String)
  case lineTooLong(file: String, line: Int, limit: Int)
  case noHeader(file: String)
  /// The first line has nothing in it.
  case blankHeader(file: String)
  /// `near` is the column that is probably meant; `option` names the column where the importer has such an option.
  case missingColumn(
    file: String, column: String, among: ColumnList, near: String? = nil, option: String? = nil)
  /// The first line names no column and is no row of the usual order either.
  case unknownHeader(file: String, line: String, isOneField: Bool)
  /// A column that looks like the label is not used, so that every row would count as a positive.
  case unusedLabel(file: String, column: String)
  /// The same of one that says the opposite of a label.
  case unusedOpposite(file: String, column: String)
  /// The same of a user's history, of which every row would count as a click.
  case unreadLabel(file: String, column: String)
  /// The same, where a schema says nothing of a label.
  case unstatedLabel(file: String, column: String)
  /// The same of a second log.
  case unstatedAction(file: String, column: String)
  /// Two columns of one name, or of names that differ in the case of letters alone.
  case repeatedColumn(file: String, column: String, other: String)
  /// A column named, for example, for the item and for the time.
  case twoRoles(file: String, column: String, first: String, second: String)
  case conflictingColumns(file: String, first: String, second: String)
  case malformedLine(file: String, line: Int, reason: MalformedLine)
  /// A movie with fewer genome values than there are tags; `line` is the movie's last.
  case incompleteGenome(file: String, line: Int, movie: String, given: Int, width: Int)
  case noGenome(file: String)
  /// Not one `.inter` of RecBole's, but `count`.
  case noAtomicFiles(path: String, count: Int)
  /// A column of RecBole's with a type that there is not.
  case unknownType(file: String, column: String, type: String)
  case noInteractions(file: String)
  /// Text with carriage returns and without a line feed.
  case oldLineEnds(file: String)
  case tooManyColumns(file: String, count: Int, limit: Int)
  /// All rows are of others than the user that the file is about.
  case noRowsOfUser(file: String, user: String, rows: Int, column: String)
  case noRatings(directory: String)
  /// All `rows` well-formed rows lie outside the log's days.
  case outsideDays(file: String, rows: Int, days: String, unit: String?)
  /// Negatives are drawn from all items but the positive: there must be another one.
  case tooFewItems(file: String, count: Int)
  /// No user has more training samples than the minimum; `most` is the most that a user has.
  case minimumLeavesNobody(file: String, minimum: Int, most: Int)
  case tooMany(what: String, limit: Int)
  /// The words of another rank that reads for this one.
  case ofOtherRank(String)
  /// Another host sees another file under the same name.
  case otherFile(file: String, host: String)
  /// A file that somebody wrote to while it was read.
  case changed(file: String)
  case option(name: String, value: String, allowed: String)
  /// The bound of the import's memory cannot be kept.
  case memory(SpillError)

  package var description: String {
    switch self {
    case .cannotOpen(let file, let code):
      "\(file): cannot be opened: \(String(cString: strerror(code)))"
        + (code == ENOENT ? Suggestion.hint(missing: file) : "")
    case .missingFile(let file):
      "\(file): is not there\(Suggestion.hint(missing: file)); --folder says where the files are that the schema names, and --log, --users and --items "
        + "give others"
    case .readOnce(let file, let isPipe, let mend):
      "\(file): is a \(isPipe ? "pipe" : "device"), which can be read only once: \(mend)"
    case .isFolder(let file):
      "\(file): this is a folder: give the file in it"
    case .unknownSchema(let name, let hint):
      "\(quoted(name)): no such schema, neither a file nor the name of one that the program has (\(hint))"
    case .cannotRead(let file, let offset, let code):
      "\(file): cannot be read on from byte \(offset): \(String(cString: strerror(code)))"
    case .gzipCutShort(let file, let offset):
      "\(file): the gzip file is cut short: it ends at byte \(offset) inside a member; fetch it again"
    case .gzipCorrupt(let file, let offset, let message):
      "\(file): the gzip file is damaged near byte \(offset): \(message); fetch it again"
    case .gzipTrailingBytes(let file, let offset):
      "\(file): bytes that are no gzip member follow the last one, at byte \(offset); fetch it again"
    case .otherKind(let file, let signature):
      "\(file): this is \(signature.name): \(signature.advice(file))"
    case .objects(let file):
      "\(file): these are JSON objects, one per line, and no separated values: lcft import table reads them by a schema, "
        + "a first one of which lcft import table --guess prints"
    case .jsonArray(let file):
      "\(file): this is one JSON list: one object per line is expected; jq -c '.[]' makes that of it"
    case .noObjects(let file):
      "\(file): no line is an object with a key: one object per line is expected; jq -c . makes that of it"
    case .lineTooLong(let file, let line, let limit):
      "\(file):\(line): the line is longer than \(limit) bytes; is this a text file?"
    case .noHeader(let file):
      "\(file): the file is empty; a header line is expected"
    case .blankHeader(let file):
      "\(file):1: the line is blank; a header line is expected"
    case .missingColumn(let file, let column, let columns, let near, let option):
      (columns.origin == .keys ? file : "\(file):1") + ": no \(columns.missing(column))"
        + Suggestion.hint(near.map { quoted($0) }) + (option.map { "; name it with \($0)" } ?? "")
    case .unknownHeader(let file, let line, true):
      "\(file):1: \(line) names no column that is known, and is one field: --delimiter says what separates fields"
    case .unknownHeader(let file, let line, false):
      "\(file):1: \(line) names no column that is known, nor is it user,item,timestamp or "
        + "user,item,rating,timestamp; name the columns with --user-column, --item-column and --timestamp-column, "
        + "or those of a file without a header with --columns"
    case .unusedOpposite(let file, let column):
      "\(file):1: column \(column) says the opposite of a label, and every row would be a positive: a schema reads it "
        + "(lcft import table) with label: {column: \(column), positive: [\"0\"], negative: [\"1\"]}; or give "
        + "--all-positive if that is meant"
    case .unusedLabel(let file, let column):
      "\(file):1: column \(column) is not used, and every row would be a positive: give --label-column \(column) "
        + "(1 and 0), --rating-column \(column) with --threshold, or --all-positive if that is meant; kinds of events "
        + "need a schema (lcft import table)"
    case .unreadLabel(let file, let column):
      "\(file):1: column \(column) is not used, and every row would be a click: give --label-column \(column), or name "
        + "the column as the samples' label; leave it out if every row is a click"
    case .unstatedLabel(let file, let column):
      "\(file):1: column \(column) looks like a label and is not used as one, so that every row would be a positive: give "
        + "label: {column: \(column)}, with at_least if it is a rating, label: {credit: ...} for kinds of events, or "
        + "label: none if that is meant"
    case .unstatedAction(let file, let column):
      "\(file):1: column \(column) looks like a label and is not used, so that every row would be a positive event: give "
        + "history.action: {column: \(column), values: ..., ignored: ...}, or history.action: none if that is meant"
    case .repeatedColumn(let file, let column, let other):
      column == other
        ? "\(file):1: column \(column) is named twice in the header; rename one"
        : "\(file):1: columns \(column) and \(other) differ in the case of letters alone; rename one"
    case .twoRoles(let file, let column, let first, let second):
      "\(file):1: column \(column) cannot be the \(first) and the \(second): name another column for one of them"
    case .conflictingColumns(let file, let first, let second):
      "\(file):1: columns \(first) and \(second) may both say what a label is: name the one that labels are "
        + "made of, --rating-column \(first) or --label-column \(second)"
    case .malformedLine(let file, let line, let reason):
      "\(file):\(line): \(reason); correct the line, or skip such lines with --on-error skip"
    case .incompleteGenome(let file, let line, let movie, let given, let width):
      "\(file):\(line): the vector of \(movie) has \(given) of \(width) values; complete the file, or give such "
        + "ones the mean with --on-error skip"
    case .noGenome(let file):
      "\(file): nothing in the log has a whole vector; leave the file out"
    case .noAtomicFiles(let path, let count):
      count == 0
        ? "\(path): no .inter (or .inter.gz) is there; give the folder, or the files' path without the ending"
        : "\(path): \(count) .inter files are in this folder; give one's path without the ending"
    case .unknownType(let file, let column, let type):
      "\(file):1: the type \(quoted(type)) of column \(quoted(column)) is none of token, token_seq, float and float_seq"
    case .noRowsOfUser(let file, let user, let rows, let column):
      "\(file): none of \(counted(rows, "row")) is of the user \(quoted(user)) by the column \(quoted(column)); give that "
        + "user's rows, --user another, or another --user-column"
    case .noInteractions(let file):
      "\(file): has no usable row: there is nothing below its header, or the account has left out every row"
    case .oldLineEnds(let file):
      "\(file): its lines end in carriage returns alone, as on early Macs: tr '\\r' '\\n' makes line feeds of them"
    case .tooManyColumns(let file, let count, let limit):
      "\(file):1: has \(count) columns, more than \(limit): write the columns that are used to a file of their own"
    case .noRatings(let directory):
      !FileStatus.isFolder(directory)
        ? "\(directory): no such folder\(Suggestion.hint(missing: directory))"
        : "\(directory): none of ratings.csv, ratings.dat, rating.csv and u.data (nor any with .gz) is in this directory"
    case .outsideDays(let file, let rows, let days, let unit):
      "\(file): all \(rows) rows lie outside the days \(days); "
        + (unit.map { "the times look like \($0): give log.time.unit: \($0) in a copy of the schema" }
          ?? "give the log's own (log.days of a schema, --first-day and --last-day)")
    case .tooFewItems(let file, let count):
      "\(file): \(count) item in all, so that no negative can be drawn; at least 2 are needed"
    case .minimumLeavesNobody(let file, let minimum, let most):
      "\(file): no user has more than \(minimum) training samples (the most is \(most)), so that no sample is left; "
        + "give a lower --minimum-training-samples (minimum_training_samples in a schema)"
    case .tooMany(let what, let limit):
      "more than \(limit) \(what): a data set cannot hold them"
    case .ofOtherRank(let message): message
    case .otherFile(let file, let host):
      "\(file): is another file on \(host) than on this host: give all hosts the same one, or import on one host"
    case .changed(let file):
      "\(file): was changed while it was read: wait until it is written, or import a copy"
    case .option(let name, let value, let allowed):
      "\(name) \(value) is not allowed: \(allowed)"
    case .memory(let error): error.description
    }
  }
}

extension ImportError {
  /// That none of `columns` goes by one of `names`.
  static func missingColumn(
    file: String, _ names: [String], _ columns: ColumnList, _ option: String?
  ) -> ImportError {
    .missingColumn(
      file: file, column: names[0], among: columns, near: columns.nearest(to: names), option: option)
  }
}
