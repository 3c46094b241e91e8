/// Who may import whom: the drawing of the architecture, as data.
enum Architecture {
    /// For each target, every module it may import besides the toolchain's own.
    static let allowed: [String: Set<String>] = [
        "Parallelism": [],
        "Vocabulary": [],
        "StrictYAML": ["Yams"],
        "LinearAlgebra": ["CBLAS", "CLAPACKE", "CKernels", "Parallelism"],
        "Statistics": ["LinearAlgebra", "Parallelism"],
        "Boosting": ["CKernels", "Parallelism"],
        "Tables": ["CKernels", "CZlib", "Parallelism", "Vocabulary"],
        "Ledger": ["Crypto", "Parallelism", "StrictYAML", "Tables", "Vocabulary"],
        "Features": ["Ledger", "Parallelism", "Tables", "Vocabulary"],
        "Simulation": ["Ledger", "Parallelism", "Statistics", "Tables", "Vocabulary"],
        "Scoring": [
            "Boosting", "CKernels", "Crypto", "LinearAlgebra", "Parallelism", "Statistics", "StrictYAML",
            "Tables",
            "Vocabulary",
        ],
        "Grading": [
            "CKernels", "LinearAlgebra", "Parallelism", "Scoring", "Statistics", "StrictYAML", "Tables",
            "Vocabulary",
        ],
        "Migration": [
            "Boosting", "LinearAlgebra", "Parallelism", "Scoring", "Statistics", "Vocabulary",
        ],
        "Results": [],
        "Reporting": ["Crypto", "Mustache", "Results"],
        "Review": [
            "Crypto", "Features", "Grading", "Ledger", "Parallelism", "Results", "Scoring", "Statistics",
            "StrictYAML", "Tables", "Vocabulary",
        ],
        "Store": [
            "GRDB", "GRDBSQLite", "Grading", "Ledger", "Parallelism", "Results", "Review", "Tables",
            "Vocabulary",
        ],
        "obligor": [
            "ArgumentParser", "Boosting", "Features", "Grading", "Ledger", "LinearAlgebra", "Logging",
            "Migration", "Parallelism", "Rainbow", "Reporting", "Results", "Review",
            "Scoring", "Simulation",
            "Statistics", "Store", "StrictYAML", "Tables", "TextTable", "Vocabulary",
        ],
        "ObligorBenchmarks": [
            "ArgumentParser", "Boosting", "Grading", "LinearAlgebra", "Migration", "Parallelism", "Reporting",
            "Results", "Scoring", "Statistics", "StrictYAML", "Tables", "Vocabulary",
        ],
    ]

    /// Where the sources of a target are.
    static func folder(of target: String) -> String {
        target == "ObligorBenchmarks" ? "benchmarks/Sources" : "Sources/\(target)"
    }

    /// Modules that come with the toolchain.
    static let toolchain: Set<String> = [
        "Dispatch", "Foundation", "FoundationEssentials", "FoundationNetworking", "Glibc", "Synchronization",
    ]

    /// Where `unsafe` expressions may stand, by prefix of the path: few, small and named.
    static let unsafeCode: [String] = [
        "Sources/LinearAlgebra/", "Sources/Parallelism/", "Sources/Tables/", "Sources/Boosting/Kernels/",
        "Sources/Grading/Overrides/Expression/ConditionKernel.swift",
        "Sources/Grading/Policy/PolicyKernel.swift",
        "Sources/Ledger/Storage/RecordBytes.swift",
        "Sources/Results/AtomicRename.swift",
        "Sources/Scoring/Artifact/Digest.swift",
        "Sources/Scoring/Logistic/Likelihood/ColumnSummary.swift",
        "Sources/Scoring/Logistic/Likelihood/LogisticKernel.swift",
        "Sources/Scoring/Scorer/ContributionKernel.swift",
        "Sources/Store/RecordCursor.swift",
        "Sources/Store/RecordInsertion.swift",
        "Sources/Store/RowCursor.swift",
        "Sources/Store/StoredBlob.swift",
    ]
}
