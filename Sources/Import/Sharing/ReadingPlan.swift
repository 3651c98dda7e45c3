/// What the ranks other than 0 read of a log's files. Parts go round: a rank reads its next one while rank 0 works on those
/// before it.
struct ReadingPlan: Codable {
  var files: [SharedFile]
  /// Bytes of text that may wait on a rank until rank 0 takes them.
  var waitingBytes: Int

  /// The rank of each part of file `index`, among so many helpers.
  func readers(of index: Int, helpers: Int) -> [Int] {
    let before = files[..<index].reduce(0) { $0 + $1.parts.count }
    return files[index].parts.indices.map { 1 + (before + $0) % helpers }
  }
}
