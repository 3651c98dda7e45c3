import ArgumentParser
import Dist
import IO
import Runs
import Studies

struct SearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find the best fine-tuning or cloud settings on held-out training samples.",
    usage: "lcft search --job <job> --data <data> --output <output> [<options>]",
    discussion: """
      Example:
        mpirun -n 4 lcft search --job jobs/amazon-din.yaml --data electronics.h5 \\
          --output runs/amazon-din --methods local,soft1,soft2
        mpirun -n 4 lcft finetune --job jobs/amazon-din.yaml \\
          --data electronics.h5 --output runs/amazon-din \\
          --settings runs/amazon-din/search.yaml
      The last part of each user's training samples is held out, and a cloud model is trained without \
      it. From that model, each user's model is fine-tuned on the first part and scored on the last \
      part, with every learning rate, number of epochs and batch size of the job's section search. The \
      test part is not used. For the method hard, the labels are searched with each setting; labels.h5 \
      and labels.yaml hold those of the best one. Writes search.h5 and search.yaml.

      With --cloud it searches the cloud model's settings instead, those of the job's section search.cloud: \
      all combinations, combinations drawn at random, or successive halving. Each candidate is trained on all \
      ranks and judged by the job's validation. Writes search-cloud.h5, a table of the candidates, and \
      search-cloud.yaml, the best candidate's job:
        mpirun -n 4 lcft search --cloud --job jobs/search-cloud.yaml \\
          --data electronics.h5 --output runs/search
        mpirun -n 4 lcft run --job runs/search/search-cloud.yaml \\
          --data electronics.h5 --output runs/best
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var model: SearchModelOptions
  @OptionGroup var methods: MethodOptions

  @Flag(help: "Search the cloud model's settings (the job's search.cloud) instead of the methods'.")
  var cloud = false

  func validate() throws {
    if let method = methods.methods?.first(where: \.isChoice) {
      throw ValidationError(
        "\(method.rawValue) has no settings of its own: lcft search-methods finds the method that it stands for"
      )
    }
    guard cloud else { return }
    if methods.methods != nil {
      throw ValidationError("--methods does not go with --cloud: no method is tried")
    }
    if model.checkpoint != nil {
      throw ValidationError("--checkpoint does not go with --cloud: each candidate is trained")
    }
  }

  func run() throws {
    try withStops { communicator in
      guard !cloud else { return try searchCloud(communicator) }
      let session = try options.session(communicator) { .ofSearch($0, methods.methods) }
      let inputs = try options.inputs(Inputs.Options(labelledMethods: [], tunes: false), in: session)
      let command = SearchSettings(
        session, inputs, methods: methods.methods, checkpoint: model.checkpoint)
      let product = try options.start.perform(command, inputs, in: session)
      if let table = product?.table { print(SearchTableText(table)) }
    }
  }

  private func searchCloud(_ communicator: any Communicator) throws {
    let session = try options.session(communicator, .cloudSearch)
    let inputs = try options.inputs(Inputs.Options(labelledMethods: [], tunes: false), in: session)
    let command = try SearchCloud(session, inputs, file: options.job)
    let table = try options.start.perform(command, inputs, in: session) ?? nil
    if let table { print(CandidateTableText(table)) }
  }
}

struct SearchLabelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search-labels",
    abstract: "Find hard correction's labels by local CTR on held-out training samples.",
    usage: "lcft search-labels --job <job> --data <data> --output <dir> [<options>]",
    discussion: """
      Example:
        mpirun -n 4 lcft search-labels --job jobs/amazon-din.yaml \\
          --data electronics.h5 --output runs/amazon-din
        mpirun -n 4 lcft finetune --job jobs/amazon-din.yaml \\
          --data electronics.h5 --output runs/amazon-din \\
          --methods cloud,local,hard
      The last part of each user's training samples is held out, and a cloud model is trained without \
      it. From that model, each user's model is fine-tuned on the first part with every pair of \
      labels of the job's section search, and scored on the last part. The test part is not used. \
      Writes the best pair for each group of users, by local CTR, to labels.h5 and labels.yaml.
      """)

  @OptionGroup var options: RunOptions
  @OptionGroup var model: SearchModelOptions

  func run() throws {
    try withStops { communicator in
      let session = try options.session(communicator, .labels)
      let inputs = try options.inputs(Inputs.Options(labelledMethods: [], tunes: false), in: session)
      let command = SearchLabels(session, inputs, checkpoint: model.checkpoint)
      let table = try options.start.perform(command, inputs, in: session) ?? nil
      if let table { print(LabelTableText(table)) }
    }
  }
}

struct LabelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labels",
    abstract: "Look up the labels of one device in a table.",
    discussion: """
      Example:
        lcft labels --table runs/amazon-din/labels.h5 --local-ctr 0.12
      Prints alpha, the label of positives, and beta, the label of negatives.
      """)

  @Option(help: "The table: labels.h5 or labels.yaml.", completion: .table)
  var table: String

  @Option(help: "The device's local CTR (positives / samples), from 0 to 1.")
  var localCTR: Double

  func validate() throws {
    guard (0...1).contains(localCTR) else { throw ValidationError("--local-ctr must be from 0 to 1") }
  }

  func run() throws {
    let pairs = try LabelTable.read(table).pairs
    let group = pairs.intervals.index(of: localCTR)
    print("alpha \(pairs.alpha[group])\nbeta \(pairs.beta[group])")
  }
}

/// What a search starts from.
struct SearchModelOptions: ParsableArguments {
  @Option(
    help: "The cloud model, or the folder of its run, instead of one trained without the held-out samples.",
    completion: .file())
  var checkpoint: String?
}
