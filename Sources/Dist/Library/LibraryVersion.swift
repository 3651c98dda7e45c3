internal import CMPI

/// The version of the MPI library that this program runs with: `Open MPI v4.1.4`. May be asked for without ranks.
package func mpiVersion() -> String {
  var text = [CChar](repeating: 0, count: Int(MPI_MAX_LIBRARY_VERSION_STRING))
  var length: Int32 = 0
  guard MPI_Get_library_version(&text, &length) == MPI_SUCCESS else { return OwnLibrary.name }
  let whole = String(decoding: text.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  // What follows is how and when it was built.
  let first = whole.prefix { $0 != "," && !$0.isNewline && $0 != "\0" }
  return first.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}
