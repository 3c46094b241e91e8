/// Who may import whom: the drawing of the architecture, as data.
enum Architecture {
    /// For each target, every module it may import besides the toolchain's own.
    static let allowed: [String: Set<String>] = [
        "Parallelism": [],
        "Vocabulary": [],
        "StrictYAML": ["Yams"],
        "LinearAlgebra": ["CBLAS", "CLAPACKE", "CKernels", "Parallelism"],
        "Statistics": ["LinearAlgebra", "Parallelism"],
        "Tables": ["CKernels", "CZlib", "Parallelism", "Vocabulary"],
        "Simulation": ["Parallelism", "Statistics", "Tables", "Vocabulary"],
        "Scoring": [
            "CKernels", "Crypto", "LinearAlgebra", "Parallelism", "Statistics", "StrictYAML", "Tables",
            "Vocabulary",
        ],
        "Grading": ["Scoring", "Statistics", "StrictYAML", "Vocabulary"],
        "Results": [],
        "obligor": [
            "ArgumentParser", "Crypto", "Grading", "Parallelism", "Rainbow", "Results", "Scoring", "Simulation",
            "Statistics", "StrictYAML", "Tables", "TextTable", "Vocabulary",
        ],
    ]

    /// Modules that come with the toolchain.
    static let toolchain: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
    ]

    /// Files that may hold `unsafe` expressions, by prefix of their path: few, small and named.
    static let unsafeCode: [String] = [
        "Sources/LinearAlgebra/", "Sources/Parallelism/", "Sources/Tables/", "Sources/Scoring/Kernels/",
        "Sources/Results/AtomicRename.swift",
    ]
}
