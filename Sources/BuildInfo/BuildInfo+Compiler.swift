extension BuildInfo {
  /// The compiler that built this program: `Swift 6.1`. The language tells a program no more than whether its compiler is
  /// at least of some version.
  package static var compiler: String {
    #if compiler(>=6.6)
      "Swift 6.6 or later"
    #elseif compiler(>=6.5)
      "Swift 6.5"
    #elseif compiler(>=6.4)
      "Swift 6.4"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #elseif compiler(>=6.2)
      "Swift 6.2"
    #elseif compiler(>=6.1)
      "Swift 6.1"
    #else
      "Swift 6.0"
    #endif
  }
}
