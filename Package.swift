// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is held to: no implicit `any`, no accidental re-export, no unmarked unsafe code,
/// no warning.
let rules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Tests are not optimised even where what they test is: compiling them would take longer than they run.
let rulesOfTests = rules + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

func room(_ name: String, _ imports: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: rules)
}

func tests(of name: String, _ also: [Target.Dependency] = [], fixtures: Bool = false) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + also,
        resources: fixtures ? [.copy("Fixtures")] : [], swiftSettings: rulesOfTests)
}

let package = Package(
    name: "obligor",
    products: [
        .executable(name: "obligor", targets: ["obligor"]),
        .executable(name: "obligor-bench", targets: ["ObligorBenchmarks"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/onevcat/Rainbow", exact: "4.2.2"),
        .package(url: "https://github.com/ordo-one/TextTable", exact: "0.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CLAPACKE", pkgConfig: "lapacke", providers: [.apt(["liblapacke-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CKernels"),

        room("Parallelism"),
        room("Vocabulary"),
        room("LinearAlgebra", ["CBLAS", "CLAPACKE", "CKernels", "Parallelism"]),
        room("Statistics", ["LinearAlgebra", "Parallelism"]),
        room("Tables", ["CKernels", "CZlib", "Parallelism", "Vocabulary"]),
        room("Features", ["Ledger", "Parallelism", "Tables", "Vocabulary"]),
        room("Boosting", ["CKernels", "Parallelism"]),
        room("StrictYAML", [.product(name: "Yams", package: "Yams")]),
        room(
            "Ledger",
            [
                "Parallelism", "StrictYAML", "Tables", "Vocabulary",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        room("Simulation", ["Ledger", "Parallelism", "Statistics", "Tables", "Vocabulary"]),
        room(
            "Scoring",
            [
                "Boosting", "CKernels", "LinearAlgebra", "Parallelism", "Statistics", "StrictYAML", "Tables",
                "Vocabulary",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        room(
            "Grading",
            [
                "CKernels", "LinearAlgebra", "Parallelism", "Scoring", "Statistics", "StrictYAML", "Tables",
                "Vocabulary",
            ]),
        room(
            "Migration",
            ["Boosting", "LinearAlgebra", "Parallelism", "Scoring", "Statistics", "Vocabulary"]),
        room("Results"),
        room(
            "Review",
            [
                "Features", "Grading", "Ledger", "Parallelism", "Results", "Scoring", "Statistics",
                "StrictYAML",
                "Tables",
                "Vocabulary",
                .product(name: "Crypto", package: "swift-crypto"),
            ]),
        room(
            "Store",
            [
                "Grading", "Ledger", "Parallelism", "Results", "Review", "Tables", "Vocabulary",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(
            name: "Reporting",
            dependencies: [
                "Results", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Mustache", package: "swift-mustache"),
            ], resources: [.copy("Resources")], swiftSettings: rules),
        .executableTarget(
            name: "obligor",
            dependencies: [
                "Boosting", "Features", "Grading", "Ledger", "LinearAlgebra", "Migration", "Parallelism",
                "Reporting", "Results", "Review", "Scoring", "Simulation",
                "Statistics", "Store",
                "StrictYAML",
                "Tables",
                "Vocabulary",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Rainbow", package: "Rainbow"),
                .product(name: "TextTable", package: "TextTable"),
            ],
            swiftSettings: rules),

        .executableTarget(
            name: "ObligorBenchmarks",
            dependencies: [
                "Boosting", "Grading", "LinearAlgebra", "Migration", "Parallelism", "Reporting", "Results",
                "Scoring", "Statistics", "StrictYAML", "Tables", "Vocabulary",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "benchmarks",
            exclude: [
                "README.md", "calibration", "ledger", "peers", "kills", "report", "results", "review", "run",
                "ranks", "store",
            ],
            sources: ["Sources"],
            swiftSettings: rules),

        .target(
            name: "TestSupport", dependencies: ["Statistics"], path: "Tests/TestSupport",
            swiftSettings: rulesOfTests),
        tests(of: "Parallelism"),
        tests(of: "Vocabulary"),
        tests(of: "LinearAlgebra", ["Parallelism"], fixtures: true),
        tests(of: "Statistics", fixtures: true),
        .executableTarget(
            name: "ReadingProbe", dependencies: ["CKernels", "Parallelism", "Tables"],
            path: "Tests/ReadingProbe", swiftSettings: rules),
        tests(of: "Tables", ["CKernels", "Parallelism", "ReadingProbe", "Statistics", "Vocabulary"]),
        tests(of: "Boosting", ["Parallelism", "Statistics"], fixtures: true),
        tests(of: "StrictYAML", ["Statistics"]),
        tests(of: "Ledger", ["Parallelism", "Statistics", "StrictYAML", "Tables", "Vocabulary"]),
        tests(
            of: "Simulation",
            [
                "Ledger", "LinearAlgebra", "Migration", "Parallelism", "Scoring", "Statistics", "Tables",
                "Vocabulary",
            ]),
        tests(
            of: "Scoring",
            ["Boosting", "LinearAlgebra", "Parallelism", "Statistics", "StrictYAML", "Tables", "Vocabulary"],
            fixtures: true),
        tests(of: "Features", ["Ledger", "Parallelism", "Statistics", "Tables", "Vocabulary"]),
        tests(
            of: "Grading",
            ["LinearAlgebra", "Parallelism", "Statistics", "StrictYAML", "Tables", "Vocabulary"],
            fixtures: true),
        tests(of: "Migration", ["LinearAlgebra", "Parallelism", "Statistics"], fixtures: true),
        tests(of: "Results", ["Statistics"]),
        tests(
            of: "Reporting", ["Results", "Statistics", .product(name: "Crypto", package: "swift-crypto")]),
        tests(
            of: "Review",
            [
                "Features", "Grading", "Ledger", "Parallelism", "Results", "Scoring", "Simulation",
                "Statistics", "Store", "StrictYAML", "Tables", "Vocabulary",
            ]),
        tests(
            of: "Store",
            [
                "Grading", "Ledger", "Parallelism", "Results", "Review", "Statistics", "Tables", "Vocabulary",
                .product(name: "GRDB", package: "GRDB.swift"),
            ], fixtures: true),
        tests(
            of: "obligor",
            [
                "Boosting", "Grading", "Ledger", "Migration", "Parallelism", "Results", "Review", "Scoring",
                "Simulation", "Statistics", "Store", "StrictYAML", "Tables", "Vocabulary",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], fixtures: true),
        .testTarget(name: "ArchitectureTests", swiftSettings: rulesOfTests),
    ]
)
