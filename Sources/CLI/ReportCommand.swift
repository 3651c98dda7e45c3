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
      Of a folder that is no run's, such as that of lcft sweep, it takes all runs below it that are finished.
      Prints Table 1 (data sets), Table 2 (user AUC by model and method, with intervals) and all scores, \
      and writes them as tables.md and CSV; writes Figure 1 (local CTRs), Figure 2 (gain over local by \
      local CTR), Figure 3 (users whose AUC rises, stays, falls), Figure 5 (an A/B test by day, \
      where a folder holds ab-days.csv) and the training loss as SVG, PNG and CSV; and all of it \
      into report.html, which opens offline. Runs that differ in their seed alone share a row: mean, \
      standard deviation and the number of seeds.

      Figures are drawn by matplotlib in the Python that LCFT_PYTHON names, else in python3. Without \
      it the tables are all there.
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
      "How Figure 2 groups users: auto, width (ten equally wide intervals of local CTR), quantile (ten with as many "
        + "users each), negatives (by sampled negatives per positive); auto is negatives where these are whole "
        + "numbers, else width where each interval has at least 1% of the users, else quantile."))
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
