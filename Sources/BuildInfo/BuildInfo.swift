internal import CProcessor

/// What this program was built from, for and with.
package enum BuildInfo {
  /// The commit of the sources, 12 hexadecimal digits, with `-dirty` where tracked files had been changed; nil where the
  /// build was from a folder without git. `CommitPlugin` writes it.
  package static var commit: String? {
    let commit = commitOfSources()
    return commit.isEmpty ? nil : commit
  }

  /// The processor that the loops are compiled for, as clang's -march names it: `x86-64-v3`; nil where the compiler's own
  /// default was taken.
  package static var processorTarget: String? {
    let target = String(cString: lcft_processor_target())
    return target.isEmpty ? nil : target
  }
}
