import ArgumentParser
import IO
import Import
import Support

extension ImportCommand {
  struct Table: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "table",
      abstract: "Any log, with a schema file that says what the columns of its files are.",
      usage: "lcft import table --schema <schema> --output <output> [<options>]",
      discussion: """
        Example:
          lcft import table --guess views.tsv.gz members.csv skus.jsonl > views.yaml
          lcft import table --schema views.yaml --output views.h5
        With --guess it prints a first schema for you to check and correct. A schema looks like this:
          log:
            files: [views.tsv.gz]
            delimiter: tab
            user: member_id
            item: sku
            time: {column: shown_at, unit: iso8601}
          label: {column: clicked, positive: ["yes"], negative: ["no"]}
          sample_features:
            hour: {from: time, as: hour}
            price: {column: list_price, kind: numeric, transform: log}
          event_features:
            dwell: {column: dwell_s, kind: numeric, transform: quantiles(10)}
          users:
            file: members.csv
            key: id
            features: {age: {}, tags: {list: "|"}}
          items:
            file: skus.jsonl
            key: sku
            features: {brand: {hash: 100000}}
          split: {last_days: 2}
        Files are relative to the schema. They are separated values or JSON lines, plain or .gz. The \
        program has schemas of public sets, which are also in the folder schemas/. For example:
          lcft import table --schema movielens-1m --folder ml-1m --output ml-1m.h5
          lcft import table --schema amazon-2023 --log All_Beauty.jsonl.gz \\
            --items meta_All_Beauty.jsonl.gz --output beauty.h5
        These schemas are \(ShippedSchema.texts.keys.sorted().joined(separator: ", ")).
        """)

    @Option(
      help: ArgumentHelp(
        "The schema file (YAML), or the name of a schema of a public set.", valueName: "file|name"),
      completion: .schema)
    var schema: String?

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "Print a first schema for these files: the log, and files of users and items.", valueName: "file"),
      completion: .text)
    var guess: [String] = []

    @Option(
      help: """
        The folder of the files that the schema names (default: the schema's folder, or the current folder if the \
        schema is given by name).
        """,
      completion: .directory)
    var folder: String?

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp("The log's files, instead of those that the schema names.", valueName: "file"),
      completion: .text)
    var log: [String] = []

    @Option(help: "The file of users, instead of the one that the schema names.", completion: .text)
    var users: String?

    @Option(help: "The file of items, instead of the one that the schema names.", completion: .text)
    var items: String?

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "The files of the second log, instead of those that the schema names.", valueName: "file"),
      completion: .text)
    var history: [String] = []

    @Flag(help: "Leave out the second log that the schema names.")
    var withoutHistory = false

    @Option(help: "The data set to write (HDF5).", completion: .hdf5)
    var output: String?

    @OptionGroup var replacing: ReplacingOptions

    @OptionGroup var preview: DryRunOptions

    @Option(
      help: "What to do with a malformed line, instead of what the schema says: fail, or skip and count it.")
    var onError: MalformedLines?

    @OptionGroup var memory: MemoryOptions

    func validate() throws {
      if (schema == nil) == guess.isEmpty { throw ValidationError("give --schema and --output, or --guess") }
      if withoutHistory && !history.isEmpty { throw ValidationError("give --history or --without-history") }
      if schema != nil && output == nil { throw ValidationError("give --output, the data set to write") }
    }

    func run() throws {
      guard let path = schema, let output else {
        print(try SchemaGuess(guess).text, terminator: "")
        return
      }
      var schema = try Schema.fileOrName(path, folder: folder)
      if !log.isEmpty { schema.log.files = log }
      if !history.isEmpty {
        if schema.history == nil {
          throw ImportError.option(
            name: "--history", value: history[0],
            allowed: "\(path) describes no second log; add history: {files: ...} to a copy of it")
        }
        schema.history?.files = history
      }
      if withoutHistory { schema.history = nil }
      if let users { try schema.replace(\.users, "users", by: users, path) }
      if let items { try schema.replace(\.items, "items", by: items, path) }
      for file in schema.files where !FileBytes.exists(file) {
        throw FileStatus.isFolder(file) ? ImportError.isFolder(file: file) : .missingFile(file: file)
      }
      if let onError { schema.malformed = onError }
      try importTable(
        schema, to: OutputFile(output, inputs: schema.files + [path], overwrites: replacing.overwrite),
        preview, memory)
    }
  }

  struct RecBole: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "recbole",
      abstract: "RecBole's atomic files: .inter and, optionally, .user and .item.",
      usage: "lcft import recbole <path> --output <output> [<options>]",
      discussion: """
        Example:
          lcft import recbole ml-100k --output ml-100k.h5
        The argument is a folder with the files, or their path without the ending. Every column \
        becomes a feature of the type in its header. The label is the column label, if there is one. \
        Otherwise it is made from the rating: 1 from --threshold on. If there is neither, and no column \
        looks like a label, rows are positives and negatives are sampled items.
        """)

    @Argument(
      help: "A folder with NAME.inter, or the path of that file without .inter; plain or .gz.",
      completion: .file(extensions: ["inter", "gz"]))
    var path: String

    @OptionGroup var labels: LabelOptions

    @Option(help: "The lowest rating whose label is 1 (default: 4).")
    var threshold: Double?

    @Option(
      parsing: .upToNextOption,
      help: ArgumentHelp(
        "Columns of .inter that are known only after the item was shown; only histories use them.",
        valueName: "column"))
    var afterwards: [String] = []

    @OptionGroup var options: ImportOptions

    func run() throws {
      var schema = try RecBoleFiles(path).schema(labels.names, threshold: threshold, afterwards: afterwards)
      if let split = options.split { schema.split = .init(split) }
      schema.seed = options.seed
      schema.malformed = options.onError
      options.rows.apply(to: &schema)
      let output = OutputFile(
        options.output, inputs: schema.files, overwrites: options.replacing.overwrite)
      try importTable(schema, to: output, options.preview, options.memory)
    }
  }
}

extension Schema {
  /// The schema of the file `path`, or the shipped one of that name where no such file is there.
  fileprivate static func fileOrName(_ path: String, folder: String?) throws -> Schema {
    if !FileBytes.exists(path), let text = ShippedSchema.texts[path] {
      let folder = folder.map { $0.hasSuffix("/") ? $0 : $0 + "/" } ?? ""
      return try parse(text, file: "schemas/\(path).yaml", folder: folder)
    }
    guard FileBytes.exists(path) || path.contains("/") else { throw unknown(path) }
    return try read(path, folder: folder)
  }

  private static func unknown(_ name: String) -> ImportError {
    let names = ShippedSchema.texts.keys.sorted()
    let plain = { (name: String) in name.lowercased().filter { $0.isLetter || $0.isNumber } }
    let known = name.hasSuffix(".yaml") ? String(name.dropLast(5)) : name
    let meant =
      names.first { plain($0) == plain(known) } ?? Suggestion.nearest(to: known, among: names)
      ?? names.first { $0.hasPrefix(known.lowercased()) }
    let hint = meant.map { "did you mean \($0)?" } ?? "the program has \(names.joined(separator: ", "))"
    return .unknownSchema(name: name, hint: hint)
  }

  /// Takes `file` for the users' or items' file, which the schema at `path` must describe.
  fileprivate mutating func replace(
    _ entities: WritableKeyPath<Schema, Entities?>, _ name: String, by file: String, _ path: String
  ) throws {
    guard self[keyPath: entities]?.file != nil else {
      throw ImportError.option(
        name: "--\(name)", value: file,
        allowed:
          "\(path) describes no file of \(name); add \(name): {file: ...} with its features to a copy of it")
    }
    self[keyPath: entities]?.file = file
  }
}

/// Imports what `schema` describes, or prints what that would do.
private func importTable(
  _ schema: Schema, to output: OutputFile, _ preview: DryRunOptions, _ memory: MemoryOptions
) throws {
  try importDataset(to: output, preview, memory, by: schema) { try TableImport.run(schema, progress: $0) }
}
