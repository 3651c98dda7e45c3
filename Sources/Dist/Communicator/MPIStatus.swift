internal import CMPI

/// Throws `DistError.mpi` unless `code` is `MPI_SUCCESS`.
func check(_ code: Int32, _ function: StaticString, rank: Int) throws {
  if code != MPI_SUCCESS { throw mpiError(code, function, rank: rank) }
}

/// The error for an MPI error code, with MPI's own words: the first line, behind which MPICH lists its calls.
///
/// A `rank` below 0 stands for a process that MPI has not begun in: it must not be asked for words then, and ends the
/// process where it is.
func mpiError(_ code: Int32, _ function: StaticString, rank: Int) -> DistError {
  guard rank >= 0 else {
    return .mpi(function: "\(function)", message: "error code \(code)", rank: rank)
  }
  let text = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(MPI_MAX_ERROR_STRING) + 1) {
    buffer -> String in
    var length: Int32 = 0
    guard let start = buffer.baseAddress, MPI_Error_string(code, start, &length) == MPI_SUCCESS
    else { return "error code \(code)" }
    let text = String(
      decoding: buffer.prefix(Int(length)).lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
    return String(text.prefix { !$0.isNewline }).replacing(", error stack:", with: "")
  }
  return .mpi(function: "\(function)", message: text, rank: rank)
}
