// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "lcft-benchmarks",
  dependencies: [.package(name: "lcft", path: "..")],
  targets: [
    .executableTarget(name: "Benchmark", dependencies: [.product(name: "LCFT", package: "lcft")])
  ],
  swiftLanguageModes: [.v6]
)
