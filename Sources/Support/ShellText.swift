/// A command as one would type it into a shell: words that a shell would take apart or change are in quotes.
package func shellText(_ words: some Sequence<String>) -> String {
  let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-")
  return words.map { word in
    !word.isEmpty && word.allSatisfy(plain.contains)
      ? word
      : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }.joined(separator: " ")
}
