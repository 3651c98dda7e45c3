import ArgumentParser
import Report

struct DescribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "describe",
    abstract: "Print what a data set, checkpoint or results file holds.",
    discussion: """
      Example:
        lcft describe electronics.h5
      For a data set, it prints the paper's Table 1, the histogram of local CTRs (Figure 1) and the \
      features. For a synthetic world, it also prints the best possible user AUC.
      """)

  @Argument(help: "The file.", completion: .hdf5)
  var file: String

  func run() throws { print(try FileDescription.describe(file)) }
}
