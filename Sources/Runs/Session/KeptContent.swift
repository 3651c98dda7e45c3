import Support

/// What a file says, kept from a command's check to its run, so that it is read once: again only where somebody
/// has changed the file in between, before the command took the folder.
package final class KeptContent<Content> {
  private let read: (String) throws -> Content
  private var kept: (path: String, state: FileStatus.State?, content: Content)?

  package init(_ read: @escaping (String) throws -> Content) { self.read = read }

  /// What the file `path` says. Throws what reading it throws.
  package func content(of path: String) throws -> Content {
    let state = FileStatus.State(path)
    if let kept, kept.path == path, kept.state == state, state != nil { return kept.content }
    forget()
    let content = try read(path)
    kept = (path, state, content)
    return content
  }

  /// Gives the memory back.
  package func forget() { kept = nil }
}
