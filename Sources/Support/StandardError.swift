#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Standard error, unbuffered, one system call per text: lines of several ranks do not tear each other.
public enum StandardError {
  public static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      while start < bytes.count {
        #if canImport(Darwin)
          let written = Darwin.write(2, bytes.baseAddress! + start, bytes.count - start)
        #elseif canImport(Musl)
          let written = Musl.write(2, bytes.baseAddress! + start, bytes.count - start)
        #else
          let written = Glibc.write(2, bytes.baseAddress! + start, bytes.count - start)
        #endif
        if written <= 0 { return }
        start += written
      }
    }
  }
}
