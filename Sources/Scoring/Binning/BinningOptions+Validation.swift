extension BinningOptions {
    /// The options if they can be used.
    ///
    /// - Throws: ``BinningError/invalidOption(name:value:expected:)`` for the first that cannot.
    public func validated() throws(BinningError) -> BinningOptions {
        try check("maximumPrebins", maximumPrebins, (1...200).contains(maximumPrebins), "1 … 200")
        try check("minimumPrebinShare", minimumPrebinShare, (0...0.5).contains(minimumPrebinShare), "0 … 0.5")
        try check("minimumBins", minimumBins, minimumBins >= 1, "at least 1")
        let most = maximumBins ?? Int.max
        try check("maximumBins", most, most >= minimumBins, "at least minimumBins (\(minimumBins))")
        try check("minimumBinShare", minimumBinShare, (0...1).contains(minimumBinShare), "0 … 1")
        try check(
            "maximumBinShare", maximumBinShare,
            maximumBinShare > 0 && maximumBinShare <= 1 && maximumBinShare >= minimumBinShare,
            "above 0, at most 1 and at least minimumBinShare")
        for (name, value) in [
            ("minimumBinWeight", minimumBinWeight), ("minimumDefaults", minimumDefaults),
            ("minimumNonDefaults", minimumNonDefaults),
        ] {
            try check(name, value, value >= 0 && value.isFinite, "a finite number, at least 0")
        }
        try check("minimumRateGap", minimumRateGap, (0...1).contains(minimumRateGap), "0 … 1")
        if let maximumPValue {
            try check(
                "maximumPValue", maximumPValue, maximumPValue > 0 && maximumPValue <= 1, "above 0, at most 1")
        }
        try check("rareLevelShare", rareLevelShare, (0..<1).contains(rareLevelShare), "0 up to below 1")
        try check(
            "zeroCellAddition", zeroCellAddition, zeroCellAddition > 0 && zeroCellAddition.isFinite,
            "a finite number above 0")
        try checkCuts("fixedCuts", fixedCuts)
        try checkPrebinning()
        try checkSpecialCodes()
        return self
    }

    private func checkPrebinning() throws(BinningError) {
        switch prebinning {
        case .tree, .quantiles: return
        case .cuts(let cuts):
            try checkCuts("cuts", cuts)
            let distinct = Set(cuts).union(fixedCuts).count
            try check("cuts", "\(distinct) cut points", distinct < 200, "fewer than 200")
        case .groups(let groups):
            try check("groups", "\(groups.count) groups", groups.count < 200, "fewer than 200")
            var seen: Set<String> = []
            for level in groups.joined() {
                try check("groups", "'\(level)' twice", seen.insert(level).inserted, "each level once")
            }
            try check("groups", "an empty group", groups.allSatisfy { !$0.isEmpty }, "levels in each")
        }
    }

    private func checkCuts(_ name: String, _ cuts: [Double]) throws(BinningError) {
        try check(name, "\(cuts.count) cut points", cuts.count < 200, "fewer than 200")
        for cut in cuts { try check(name, cut, cut.isFinite, "finite cut points") }
    }

    private func checkSpecialCodes() throws(BinningError) {
        var names: Set<String> = []
        var numbers: Set<Double> = []
        var levels: Set<String> = []
        for code in specialCodes {
            try check(
                "specialCodes", "'\(code.name)' twice", names.insert(code.name).inserted, "distinct names")
            for number in code.numbers {
                try check("specialCodes", number, !number.isNaN, "numbers (missing has a bin of its own)")
                try check(
                    "specialCodes", "\(number) twice", numbers.insert(number).inserted, "each number once")
            }
            for level in code.levels {
                try check(
                    "specialCodes", "'\(level)' twice", levels.insert(level).inserted, "each level once")
            }
        }
    }

    private func check(
        _ name: String, _ value: some CustomStringConvertible, _ holds: Bool, _ expected: String
    ) throws(BinningError) {
        guard holds else {
            throw .invalidOption(name: name, value: value.description, expected: expected)
        }
    }
}
