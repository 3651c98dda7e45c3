import ArgumentParser
import Report
import Support

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make tables and figures of any number of runs, as text, Markdown, CSV and one HTML page.",
    usage: "lcft report <dir> ... [<options>]",
    discussion: """
      Example:
        lcft report runs/amazon-din runs/amazon-widedeep --output runs/report
        lcft report runs/table2
      For a folder that is not itself that of a run, such as that of lcft sweep, it takes all finished runs \
      below it.

      Prints Table 1 (data sets), Table 2 (user AUC by model and method, with intervals) and all scores, \
      and writes them as tables.md and CSV. Writes Figure 1 (local CTRs), Figure 2 (gain over local by \
      local CTR), Figure 3 (users whose AUC rises, stays, falls), Figure 5 (an A/B test by day, \
      if a folder holds ab-days.csv) and the training loss as SVG, PNG and CSV. Also writes all of it \
      into report.html, which opens offline. Runs that differ only in their seed share a row: mean, \
      standard deviation and the number of seeds.

      Figures are drawn by matplotlib, in the Python that LCFT_PYTHON names or else in python3. Without \
      matplotlib, all tables are still made.
      """)

  @Argument(
    help: ArgumentHelp(
      "The output folders of lcft run or lcft finetune, or folders above these.", valueName: "dir"),
    completion: .directory)
  var folders: [String]

  @Option(
    help: "The folder to write into (default: report in the first folder).", completion: .directory)
  var output: String?

  @Option(
    help: ArgumentHelp(
      "How Figure 2 groups users: auto, width (ten equally wide intervals of local CTR), quantile (ten intervals "
        + "with equally many users), negatives (by sampled negatives per positive). auto means negatives if these "
        + "are whole numbers, else width if each interval has at least 1% of the users, else quantile."))
  var intervals = LocalCTRGrouping.auto

  @OptionGroup var replacing: ReplacingOptions

  func run() throws {
    let report = try Report(folders, grouping: intervals)
    if !report.unfinished.isEmpty {
      StandardError.write("left out, as not finished: \(report.unfinished.joined(separator: ", "))\n")
    }
    // Before pages of tables, which would carry a refusal away, and which a reader may leave before their end.
    let written = try report.write(to: output, overwrites: replacing.overwrite)
    if !report.text.isEmpty { print(report.text + "\n") }
    print(written)
  }
}

extension LocalCTRGrouping: ExpressibleByArgument {}
