// swift-tools-version: 6.0
import Foundation
import PackageDescription

// The processor that the numeric loops are compiled for. `-Xcc -march` reaches Swift's code as well;
// without FMA in the target `addingProduct` becomes a call into libm, some twenty times slower.
// LCFT_MARCH=native (or any name clang knows) builds for the cluster's own processor.
let processor = ProcessInfo.processInfo.environment["LCFT_MARCH"]
#if arch(x86_64)
  let march = processor ?? "x86-64-v3"
#else
  let march = processor ?? ""
#endif
let settings: [SwiftSetting] =
  (march.isEmpty ? [] : [.unsafeFlags(["-Xcc", "-march=\(march)"])])
  + [.unsafeFlags(["-warnings-as-errors"])]

let package = Package(
  name: "lcft",
  products: [
    .executable(name: "lcft", targets: ["CLI"]),
    .executable(name: "rank-check", targets: ["RankCheck"]),
    .executable(name: "fuzz-check", targets: ["FuzzCheck"]),
    .library(name: "LCFT", targets: ["LCFT"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/apple/swift-crypto", "3.12.0"..<"5.0.0"),
  ],
  targets: [
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CLanes"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CMemory"),
    .target(name: "Support", swiftSettings: settings),
    .target(name: "Dist", dependencies: ["CMPI", "CMemory", "Support"], swiftSettings: settings),
    .target(
      name: "IO",
      dependencies: ["CHDF5", "CZlib", "Support", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: settings),
    .target(name: "Models", dependencies: ["CLanes", "Support"], swiftSettings: settings),
    .target(
      name: "LCFT",
      dependencies: ["Dist", "IO", "Models", "Support", "Yams"],
      // Inside the executable, which then works wherever it is copied to.
      resources: [
        .embedInCode("Report/Resources/figures.py"), .embedInCode("Report/Resources/report.css"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "CLI",
      dependencies: ["LCFT", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: settings),
    .executableTarget(name: "RankCheck", dependencies: ["Dist", "Support"], swiftSettings: settings),
    .executableTarget(
      name: "FuzzCheck", dependencies: ["Dist", "IO", "LCFT", "Support"], swiftSettings: settings),
    .testTarget(name: "SupportTests", dependencies: ["Support"], swiftSettings: settings),
    .testTarget(name: "DistTests", dependencies: ["Dist", "Support"], swiftSettings: settings),
    .testTarget(name: "IOTests", dependencies: ["IO"], swiftSettings: settings),
    .testTarget(name: "ModelsTests", dependencies: ["Models", "IO"], swiftSettings: settings),
    .testTarget(name: "LCFTTests", dependencies: ["LCFT"], swiftSettings: settings),
    .testTarget(name: "CLITests", dependencies: ["IO", "Support"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
