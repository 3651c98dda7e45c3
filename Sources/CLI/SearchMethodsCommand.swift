import ArgumentParser
import Runs
import Studies

struct SearchMethodsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search-methods",
    abstract: "Find which method is best on held-out training samples, for all users and by local CTR.",
    usage: "lcft search-methods --job <job> --data <data> --output <dir> [<options>]",
    discussion: """
      Example:
        mpirun -n 4 lcft search-methods --job jobs/amazon-din.yaml \\
          --data electronics.h5 --output runs/amazon-din
        mpirun -n 4 lcft finetune --job jobs/amazon-din.yaml \\
          --data electronics.h5 --output runs/amazon-din \\
          --methods cloud,local,lcft,lcft_by_ctr
      In each fold of the job's search.choice, a last part of every user's training samples is held \
      out, and a cloud model is trained on the samples before it. Every user is then fine-tuned with \
      each method of search.choice.methods and scored on the held-out samples. The test part is not \
      used. Writes choice.h5: the best method for all users (lcft) and for each group of users by \
      local CTR (lcft_by_ctr), or the cloud model where no method is better. lcft run does the same \
      by itself if its methods need it.
      """)

  @OptionGroup var options: RunOptions

  @Option(
    help:
      "Settings for individual methods, instead of the job's: search.yaml or search.h5, from lcft search.",
    completion: .table)
  var settings: String?

  func run() throws {
    try withStops { communicator in
      let session = try options.session(communicator, .choice)
      let inputs = try options.inputs(
        Inputs.Options(settings: settings, labelledMethods: []), in: session)
      let product = try options.start.perform(SearchMethods(session, inputs), inputs, in: session)
      if let table = product?.choice { print(MethodChoiceText(table.choice, model: table.origin.model)) }
    }
  }
}
