/// A file's text, piece by piece: read by this process (`ReadAhead`), or by other ranks (`SharedText`).
protocol TextSource: AnyObject {
  var path: String { get }
  /// The file's size on disk; 0 for a pipe.
  var size: Int64 { get }
  /// Bytes of the file as it lies on disk that gave the text up to the present piece.
  var offset: Int64 { get }
  /// SHA-256 of the file, in hexadecimal, once `next` has returned nil.
  var sha256: String { get }

  /// The next piece of the text, with `ReadAhead.headroom` bytes in front that may be written over and `ReadAhead.padding`
  /// behind that may be read; nil at the end. The piece before it stays valid until `release`.
  func next() throws(ImportError) -> Line?

  /// Gives the piece before the present one back.
  func release()
}
