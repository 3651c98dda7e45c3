import LCFT
import Testing

/// Job files that are no mapping, empty, or say one thing twice.
@Suite struct JobTextTests {
  @Test(arguments: [
    ("seed: 1\nname: a\nseed: 2\n", "job.yaml:3: seed is given twice, first in line 1: leave one out"),
    (
      "model: {\n",
      "job.yaml:2: not valid YAML: while parsing a flow node that begins in line 2, did not find expected node content"
    ),
    (
      "model: {category_embedding: 4, feature_embedding: {category: 8}}\n",
      "job.yaml:1: model.feature_embedding has a width for category, which category_embedding has, too: leave one out"
    ),
    (
      "model: {name: EdgeRec, action_embedding: 4, feature_embedding: {events/action: 8}}\n",
      "job.yaml:1: model.feature_embedding has a width for action, which action_embedding has, too: leave one out"
    ),
  ])
  func refusals(_ text: String, _ message: String) {
    #expect { try Job.parse(text, file: "job.yaml") } throws: { "\($0)" == message }
  }

  /// Every key may be left out, and so may all of them.
  @Test(arguments: ["", "# nothing yet\n", "---\n", "\u{FEFF}", "\n\n"]) func anEmptyJobIsTheStandardOne(
    _ text: String
  ) throws {
    var (job, standard) = (try Job.parse(text, file: "job.yaml"), try Job.parse("{}", file: "job.yaml"))
    (job.text, standard.text) = ("", "")
    #expect(job == standard && job.name == "DIN")
  }
}
