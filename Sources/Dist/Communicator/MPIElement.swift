internal import CMPI

/// The element types that travel between ranks.
package enum ElementKind: Sendable {
  case float, double, int32, int64, uint8, uint64

  var datatype: MPI_Datatype {
    switch self {
    case .float: lcft_mpi_float()
    case .double: lcft_mpi_double()
    case .int32: lcft_mpi_int32()
    case .int64: lcft_mpi_int64()
    case .uint8: lcft_mpi_uint8()
    case .uint64: lcft_mpi_uint64()
    }
  }
}

/// A type with an MPI datatype of the same layout. For calls only: no loop over elements ever goes through
/// this protocol.
package protocol MPIElement: BitwiseCopyable {
  static var kind: ElementKind { get }
}

/// An element of which counts and times are made, for `Communicator.allreduce`.
package protocol MPIReducible: MPIElement {}

extension Float: MPIElement { package static var kind: ElementKind { .float } }
extension Double: MPIReducible { package static var kind: ElementKind { .double } }
extension Int32: MPIElement { package static var kind: ElementKind { .int32 } }
extension Int64: MPIReducible { package static var kind: ElementKind { .int64 } }
extension UInt8: MPIElement { package static var kind: ElementKind { .uint8 } }
extension UInt64: MPIElement { package static var kind: ElementKind { .uint64 } }
/// As the 64-bit integer that it is on every platform MPI runs on.
extension Int: MPIReducible { package static var kind: ElementKind { .int64 } }

/// How `Communicator.allreduce` joins the ranks' values.
package enum Reduction: Sendable {
  case sum, minimum, maximum

  var operation: MPI_Op {
    switch self {
    case .sum: lcft_mpi_sum()
    case .minimum: lcft_mpi_min()
    case .maximum: lcft_mpi_max()
    }
  }
}
