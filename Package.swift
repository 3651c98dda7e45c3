// swift-tools-version: 6.0
import Foundation
import PackageDescription

let environment = ProcessInfo.processInfo.environment

/// Whether a variable is set, to anything but 0.
func isSet(_ name: String) -> Bool { !["", "0"].contains(environment[name] ?? "") }

// The processor that the numeric loops are compiled for. `-Xcc -march` reaches Swift's code as well;
// without FMA in the target `addingProduct` becomes a call into libm, some twenty times slower.
// LCFT_MARCH=native (or any name clang knows) builds for the cluster's own processor.
#if arch(x86_64)
  let march = environment["LCFT_MARCH"] ?? "x86-64-v3"
#else
  let march = environment["LCFT_MARCH"] ?? ""
#endif
// The MPI to build for, as its ranks and handles differ: Open MPI, or with LCFT_MPI=mpich MPICH and what has its
// binary interface. Each needs a build folder of its own (--scratch-path).
let isMPICH: Bool = {
  switch environment["LCFT_MPI"] ?? "" {
  case "", "openmpi": return false
  case "mpich": return true
  case let other: fatalError("LCFT_MPI is '\(other)'; known: openmpi, mpich")
  }
}()

// A newer compiler's new warning must not keep a user from building: LCFT_WARNINGS_AS_ERRORS=1 is for CI.
let settings: [SwiftSetting] =
  (march.isEmpty ? [] : [.unsafeFlags(["-Xcc", "-march=\(march)"])])
  + (isSet("LCFT_WARNINGS_AS_ERRORS") ? [.unsafeFlags(["-warnings-as-errors"])] : [])
  + (isMPICH ? [.define("LCFT_MPICH")] : [])
  // Leaves out what debuggers need.
  + (environment["LCFT_DEBUG_INFO"] == "0" ? [.unsafeFlags(["-gnone"])] : [])

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// The layers, lowest first: a target may use those that it names, and none above it.
func layer(
  _ name: String, uses dependencies: [Target.Dependency] = [], resources: [Resource] = [],
  more: [SwiftSetting] = [], plugins: [Target.PluginUsage] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: settings + more,
    plugins: plugins)
}

/// Debug builds check at run time that no two accesses to a variable overlap. In a release build of the import these
/// checks take a sixth of the time of reading a log, several per field, and some hundredths of fine-tuning.
let withoutAccessChecks = SwiftSetting.unsafeFlags(
  ["-enforce-exclusivity=unchecked"], .when(configuration: .release))

func program(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The time of tests is spent in what they test. They are compiled as in debug builds, which is faster.
let withoutOptimization = SwiftSetting.unsafeFlags(["-Onone"], .when(configuration: .release))

func tests(_ name: String, uses dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: settings + [withoutOptimization])
}

let package = Package(
  name: "lcft",
  products: [
    .executable(name: "lcft", targets: ["CLI"]),
    .executable(name: "rank-check", targets: ["RankCheck"]),
    .executable(name: "fuzz-check", targets: ["FuzzCheck"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
  ],
  targets: [
    .systemLibrary(
      name: "CMPI", pkgConfig: isMPICH ? "mpich" : "ompi-c",
      providers: [.apt([isMPICH ? "libmpich-dev" : "libopenmpi-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    .systemLibrary(name: "CLanes"),
    .systemLibrary(name: "CBytes"),
    .systemLibrary(name: "CMemory"),
    .systemLibrary(name: "CHeap"),
    .systemLibrary(name: "CProcessor"),
    .plugin(name: "CommitPlugin", capability: .buildTool(), path: "Sources/CommitPlugin"),
    layer(
      "BuildInfo", uses: ["CProcessor"], more: [.unsafeFlags(["-Xcc", "-DLCFT_MARCH=\(march)"])],
      plugins: ["CommitPlugin"]),
    layer("Support", uses: ["CCrypto", "CHeap", "CMemory", "CProcessor"]),
    layer("Dist", uses: ["CMPI", "CMemory", "Support"]),
    layer("HDF5", uses: ["CDeflate", "CHDF5", "Support"]),
    layer("IO", uses: ["CZlib", "HDF5", "Support"]),
    layer("YAML", uses: ["IO", "Support", "Yams"]),
    layer("Import", uses: ["CBytes", "CZlib", "Dist", "IO", "Support", "YAML"], more: [withoutAccessChecks]),
    layer("Models", uses: ["CLanes", "Support"], more: [withoutAccessChecks]),
    layer(
      "LCFT", uses: ["CBytes", "Dist", "IO", "Models", "Support", "YAML"], more: [withoutAccessChecks]),
    layer("Plan", uses: ["Dist", "IO", "LCFT", "Models", "Studies", "Support"]),
    layer("Studies", uses: ["Dist", "IO", "Import", "LCFT", "Models", "Support", "YAML"]),
    layer("Runs", uses: ["BuildInfo", "Dist", "IO", "LCFT", "Models", "Plan", "Studies", "Support", "YAML"]),
    layer("Sweeps", uses: ["IO", "LCFT", "Plan", "Runs", "Support", "YAML"]),
    layer(
      "Serving",
      uses: ["Dist", "IO", "Import", "LCFT", "Models", "Runs", "Studies", "Support"]),
    layer(
      "Report", uses: ["IO", "Import", "LCFT", "Runs", "Studies", "Support"],
      // Inside the executable, which then works wherever it is copied to.
      resources: [.embedInCode("Resources/figures.py"), .embedInCode("Resources/report.css")]),
    program(
      "CLI",
      uses: [
        "BuildInfo", "Dist", "IO", "Import", "LCFT", "Plan", "Report", "Runs", "Serving", "Studies",
        "Support", "Sweeps", argumentParser,
      ]),
    program("RankCheck", uses: ["Dist", "Support"]),
    program(
      "FuzzCheck",
      uses: [
        "Dist", "IO", "Import", "LCFT", "Report", "Runs", "Serving", "Studies", "Support", "Sweeps",
      ]),
    .target(
      name: "TestSupport", dependencies: ["HDF5", "IO", "LCFT", "Models", "Support"],
      path: "Tests/TestSupport",
      swiftSettings: settings),
    tests("SupportTests", uses: ["Support"]),
    tests("DistTests", uses: ["Dist", "Support"]),
    tests("HDF5Tests", uses: ["HDF5", "IO", "Support", "TestSupport"]),
    tests("IOTests", uses: ["HDF5", "IO", "Support", "TestSupport"]),
    tests("ImportTests", uses: ["CZlib", "IO", "Import", "Support", "TestSupport", "YAML"]),
    tests("ModelsTests", uses: ["HDF5", "Models", "Support", "TestSupport"]),
    tests(
      "LCFTTests",
      uses: ["Dist", "HDF5", "IO", "LCFT", "Models", "Support", "TestSupport", "YAML"]),
    tests("PlanTests", uses: ["IO", "LCFT", "Plan", "Support", "TestSupport"]),
    tests(
      "StudiesTests", uses: ["Dist", "IO", "Import", "LCFT", "Models", "Studies", "Support", "TestSupport"]),
    tests("RunsTests", uses: ["Dist", "IO", "LCFT", "Runs", "Studies", "Support", "TestSupport"]),
    tests("SweepsTests", uses: ["IO", "Studies", "Support", "Sweeps", "TestSupport"]),
    tests(
      "ServingTests",
      uses: ["Dist", "IO", "Import", "LCFT", "Models", "Serving", "Studies", "Support", "TestSupport"]),
    tests("ReportTests", uses: ["IO", "LCFT", "Report", "Studies", "Support", "TestSupport"]),
    tests("CLITests", uses: ["HDF5", "IO", "Support", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// LCFT_TESTS names the only tests to build.
if let only = environment["LCFT_TESTS"] {
  if !package.targets.contains(where: { $0.type == .test && $0.name == only }) {
    fatalError("LCFT_TESTS is '\(only)', and there are no such tests")
  }
  package.targets.removeAll { $0.type == .test && $0.name != only }
}

// The benchmarks need OpenBLAS, which the program itself does not use.
if isSet("LCFT_BENCHMARKS") {
  package.targets += [
    // The ceiling that a machine's own BLAS sets.
    .systemLibrary(
      name: "CBLAS", path: "Benchmarks/Sources/CBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    .target(name: "CAllocations", path: "Benchmarks/Sources/CAllocations"),
    .target(name: "CInstructions", path: "Benchmarks/Sources/CInstructions"),
    .executableTarget(
      name: "Benchmark",
      dependencies: ["CAllocations", "CBLAS", "CInstructions", "Dist", "IO", "LCFT", "Models", "Support"],
      path: "Benchmarks/Sources/Benchmark", swiftSettings: settings),
  ]
}
