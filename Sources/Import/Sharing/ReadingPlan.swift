/// Which ranks read what of a log's files for rank 0. Parts go round: a rank reads its next one while rank 0 works on those
/// before it.
struct ReadingPlan: Codable {
  var files: [SharedFile]
  /// Ranks other than 0.
  var helpers: Int
  /// Bytes of text that may wait on a rank until rank 0 takes them.
  var waitingBytes: Int

  /// The rank of each part of file `index`.
  func readers(of index: Int) -> [Int] {
    let before = files[..<index].reduce(0) { $0 + $1.parts.count }
    return files[index].parts.indices.map { 1 + (before + $0) % helpers }
  }
}
