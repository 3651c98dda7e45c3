/// A column in memory that processes share is encoded as its place: the number of its block, and its length.
/// So a data set, or anything else made of columns, goes from process to process without its values.
extension Column: Codable {
  private struct Place: Codable {
    /// Nil for a column without values.
    var block: Int?
    var count: Int
  }

  /// Throws `EncodingError` for a column outside the encoder's `sharedBlocks`.
  public func encode(to encoder: any Encoder) throws {
    var place = Place(block: nil, count: count)
    if let start = values.baseAddress, count > 0 {
      let blocks = encoder.userInfo[.sharedBlocks] as? any SharedBlocks
      guard let number = blocks?.number(of: start) else {
        throw EncodingError.invalidValue(
          self, .init(codingPath: encoder.codingPath, debugDescription: "the column is not in shared memory"))
      }
      place.block = number
    }
    try place.encode(to: encoder)
  }

  /// Throws `DecodingError` where the decoder's `sharedBlocks` do not have the column's block.
  public convenience init(from decoder: any Decoder) throws {
    let place = try Place(from: decoder)
    guard let number = place.block else {
      self.init(uninitialized: 0)
      return
    }
    let blocks = decoder.userInfo[.sharedBlocks] as? any SharedBlocks
    guard let block = blocks?.block(number: number),
      place.count * MemoryLayout<Element>.stride <= block.bytes.count
    else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "no block \(number) of shared memory"))
    }
    self.init(
      borrowing: UnsafeMutableBufferPointer(rebasing: block.values()[..<place.count]), owner: block)
  }
}
