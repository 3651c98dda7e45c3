// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "lcft-benchmarks",
  dependencies: [.package(name: "lcft", path: "..")],
  targets: [
    // The ceiling that a machine's own BLAS sets; the product does not use it.
    .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .target(name: "CAllocations"),
    .executableTarget(
      name: "Benchmark",
      dependencies: ["CBLAS", "CAllocations", .product(name: "LCFT", package: "lcft")]),
  ],
  swiftLanguageModes: [.v6]
)
