import Foundation
import PackagePlugin

/// Writes the commit of the sources into the target that uses it, before every build: Package.swift cannot, since its
/// outcome is kept from one commit to the next.
///
/// Without git, or outside a clone (a folder that was unpacked within another one's clone is none), the commit is empty.
@main
struct CommitPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) -> [Command] {
    let folder = context.pluginWorkDirectoryURL
    // The function is not inlined, and its text no part of the module's interface: a new commit compiles this one file and
    // links, and nothing else.
    let script = """
      commit=
      if [ -e "$0/.git" ]; then
        commit=$(git --no-optional-locks -C "$0" describe --always --dirty --abbrev=12 --exclude='*' 2>/dev/null)
      fi
      text="@inline(never) func commitOfSources() -> String { \\"$commit\\" }"
      [ "$text" = "$(cat "$1/Commit.swift" 2>/dev/null)" ] || echo "$text" >"$1/Commit.swift"
      """
    return [
      .prebuildCommand(
        displayName: "Commit of the sources", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", script]
          + [context.package.directoryURL, folder].map { $0.path(percentEncoded: false) },
        outputFilesDirectory: folder)
    ]
  }
}
