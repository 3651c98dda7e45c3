import Support
import Testing

/// Where the builds of an installation are; that one switches to another is tried by Tests/install.sh.
@Suite struct InstalledBuildsTests {
  @Test func aBuildOfAHigherLevelBelongsToTheProgramInBin() {
    #expect(
      InstalledBuilds.path(of: "x86-64-v4", beside: "/sw/lcft/0.2.0/bin/lcft")
        == "/sw/lcft/0.2.0/libexec/lcft/x86-64-v4/lcft")
    #expect(
      InstalledBuilds.base(of: "/sw/lcft/0.2.0/libexec/lcft/x86-64-v4/lcft") == "/sw/lcft/0.2.0/bin/lcft")
    #expect(InstalledBuilds.path(of: "x86-64-v4", beside: "/bin/lcft") == "/libexec/lcft/x86-64-v4/lcft")
    #expect(InstalledBuilds.base(of: "/libexec/lcft/x86-64-v4/lcft") == "/bin/lcft")
  }

  @Test(arguments: ["/home/me/lcft/.build/release/lcft", "/lcft"])
  func aProgramThatIsNotInstalledHasNoOtherBuild(_ path: String) {
    #expect(InstalledBuilds.path(of: "x86-64-v4", beside: path) == nil)
  }

  @Test(arguments: [
    "/usr/bin/lcft", "/usr/libexec/lcft/x86-64-v9/lcft", "/usr/libexec/other/x86-64-v4/lcft", "/lcft",
  ])
  func otherPathsAreNoBuildOfAHigherLevel(_ path: String) { #expect(InstalledBuilds.base(of: path) == nil) }

  /// The program that runs the tests is in no folder `bin` of an installation, so that it has no other to switch to.
  @Test func aBuildThatIsNotThereIsRefused() throws {
    try InstalledBuilds.switchToBest(own: "x86-64-v3")
    setenv(InstalledBuilds.variable, "x86-64-v3", 1)
    defer { unsetenv(InstalledBuilds.variable) }
    try InstalledBuilds.switchToBest(own: "x86-64-v3")
    #expect(throws: InstalledBuildError.notInstalled("x86-64-v3", own: "native")) {
      try InstalledBuilds.switchToBest(own: "native")
    }
  }
}
