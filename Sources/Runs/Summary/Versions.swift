import BuildInfo
import Dist
import IO
import Support

extension RunSummary {
  /// This program, and what it runs with.
  package struct Versions: Encodable, Sendable {
    package var lcft = FileHeader.programVersion
    /// As in `BuildInfo`.
    package var commit = BuildInfo.commit
    package var processorTarget = BuildInfo.processorTarget
    package var compiler = BuildInfo.compiler
    /// Of the host that asks: rank 0's in a run.
    package var processor = processorName()
    package var mpi = mpiVersion()
    package var hdf5 = FileHeader.libraryVersion

    package init() {}

    /// What `lcft --version` prints.
    package var text: String {
      """
      lcft \(lcft)
      commit      \(commit ?? "unknown")
      built for   \(processorTarget ?? "the compiler's default processor")
      runs on     \(processor ?? "unknown")
      MPI         \(mpi)
      HDF5        \(hdf5)
      compiler    \(compiler)
      """
    }
  }
}
