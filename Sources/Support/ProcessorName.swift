/// The model of this host's processor as /proc/cpuinfo names it: `AMD EPYC 7B13`; nil where it has no name, as on Arm.
/// Tests put `root` before the path.
package func processorName(root: String = "") -> String? {
  guard let text = SystemFile.text("\(root)/proc/cpuinfo") else { return nil }
  for line in text.split(separator: "\n") where line.hasPrefix("model name") {
    let name = line.split(separator: ":", maxSplits: 1).last ?? ""
    return name.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
  return nil
}
