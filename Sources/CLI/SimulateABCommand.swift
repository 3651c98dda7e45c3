import ArgumentParser
import IO
import LCFT
import Runs
import Studies

struct SimulateABCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate-ab",
    abstract: "Simulate an online A/B test of two methods on a synthetic world.",
    usage: "lcft simulate-ab --job <job> --data <data> --output <output> [<options>]",
    discussion: """
      Example:
        mpirun -n 4 lcft simulate-ab --job jobs/quickstart.yaml --data world.h5 \\
          --output runs/first --a cloud --b soft1 --days 7
      The users are divided at random into disjoint buckets: A, B and one per method of --further. \
      Each user is served by the model that the bucket's method makes from the cloud model (the \
      best or latest checkpoint of the output folder), fine-tuned on the user's training samples.

      The simulated days follow those of the data set. At every visit, the candidates with the \
      highest scores are shown, and each is clicked with its true probability. Whether a user clicks \
      an item at a visit does not depend on the model that serves the user. Histories are those of \
      the data set; they do not grow with the simulated days.

      Writes ab-test.h5, ab-days.csv and ab-test.json. Intervals are normal over users. With --a \
      cloud --b cloud it is an A/A test: its difference is due to chance alone.
      """)

  @OptionGroup var options: RunOptions

  @Option(
    help: "The method of bucket A: \(MethodOptions.known).", completion: .method,
    transform: MethodOptions.method)
  var a = Method.cloud

  @Option(help: "The method of bucket B.", completion: .method, transform: MethodOptions.method)
  var b = Method.soft1

  @Option(
    help: ArgumentHelp("Methods of further buckets, separated by commas.", valueName: "list"),
    completion: .methods,
    transform: { try $0.split(separator: ",").map { try MethodOptions.method(String($0)) } })
  var further: [Method] = []

  @Option(help: "The number of days.")
  var days = 7

  @Option(help: "Visits per user and day, on average; active users come more often.")
  var visits = 1.0

  @Option(help: "Items to choose from at each visit, drawn as the world shows them.")
  var candidates = 50

  @Option(help: "Items shown at each visit: those with the highest scores.")
  var top = 5

  @Option(help: "The seed of the buckets, the candidates and the clicks.")
  var seed: UInt64 = 1

  @Flag(
    help: ArgumentHelp(
      "Serve every user as each bucket would, and print the true difference that the test estimates.",
      discussion: "Each user then takes the time of all buckets' methods together."))
  var truth = false

  @OptionGroup var searched: SearchedOptions

  @Option(
    help:
      "The cloud model, or the folder of its run (default: the output folder's best or latest checkpoint).",
    completion: .file())
  var checkpoint: String?

  func validate() throws {
    guard (1...1000).contains(days) else { throw ValidationError("--days must be from 1 to 1000") }
    guard visits > 0, visits <= 1000 else {
      throw ValidationError("--visits must be above 0 and at most 1000")
    }
    guard (1...1_000_000).contains(candidates) else {
      throw ValidationError("--candidates must be from 1 to 1000000")
    }
    guard (1...candidates).contains(top) else {
      throw ValidationError("--top must be from 1 to the number of candidates, \(candidates)")
    }
    guard further.count <= 24 else { throw ValidationError("--further takes at most 24 methods") }
  }

  func run() throws {
    try withStops { communicator in
      let methods = [a, b] + further
      let session = try options.session(communicator, .abTest)
      let inputs = try options.inputs(
        Inputs.Options(
          settings: searched.settings, labels: searched.labels, choice: searched.choice,
          labelledMethods: methods),
        in: session)
      let command = SimulateABTest(
        session, inputs, methods: methods,
        settings: ABTest.Settings(
          days: days, visits: visits, candidates: candidates, shown: top, seed: seed),
        simulatesAllBuckets: truth, checkpoint: checkpoint)
      let test = try options.start.perform(command, inputs, in: session) ?? nil
      if let test { print(ABTestTable(test, title: "\(inputs.job.name), A/B test")) }
    }
  }
}
