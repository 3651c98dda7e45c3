/// A figure of a report: the numbers that are drawn, and the text that goes with them.
struct Figure {
  /// The names of the functions of `figures.py` that draw it.
  enum Kind: String, Encodable {
    case histogram
    case gain
    case changes
    case loss
    case days
  }

  var kind: Kind
  /// How to read it.
  var caption: String
  /// Its identifier is the figure's; its columns are what `figures.py` reads.
  var table: ReportTable
  var title: String
  /// Where the global CTR lies on the horizontal axis.
  var mark: Double?
  var markLabel: String?
  var xLabel: String?
  var ticks: [LocalCTRGroups.Tick]?
  var range: [Double]?

  var id: String { table.id }
}

extension Figure: Encodable {
  private enum CodingKeys: String, CodingKey {
    case id, kind, title, mark, ticks, range
    case markLabel = "mark_label"
    case xLabel = "x_label"
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(id, forKey: .id)
    try container.encode(kind, forKey: .kind)
    try container.encode(title, forKey: .title)
    try container.encodeIfPresent(mark, forKey: .mark)
    try container.encodeIfPresent(markLabel, forKey: .markLabel)
    try container.encodeIfPresent(xLabel, forKey: .xLabel)
    try container.encodeIfPresent(ticks, forKey: .ticks)
    try container.encodeIfPresent(range, forKey: .range)
  }
}
