/// Writes all of `bytes` to an open file, in as many calls of write(2) as it takes. Returns false, with errno
/// set, where one fails.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
  var rest = bytes
  while rest.count > 0 {
    let count = write(descriptor, rest.baseAddress, rest.count)
    if count < 0 {
      if errno == EINTR { continue }
      return false
    }
    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
  }
  return true
}

/// As above, for the UTF-8 of `text`.
package func writeAll(_ text: String, to descriptor: Int32) -> Bool {
  var text = text
  return text.withUTF8 { writeAll(UnsafeRawBufferPointer($0), to: descriptor) }
}

/// Waits until all of an open file is on the disk. True also where the file system cannot sync it, as some
/// cannot a folder, or has nothing to sync; false, with errno set, where it fails.
package func syncAll(_ descriptor: Int32) -> Bool {
  while fsync(descriptor) != 0 {
    if errno == EINTR { continue }
    return errno == EINVAL || errno == ENOTSUP
  }
  return true
}
