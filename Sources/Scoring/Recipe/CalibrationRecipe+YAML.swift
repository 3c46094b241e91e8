import StrictYAML

extension CalibrationRecipe {
    /// Reads the keys under `calibration`.
    init(keys: inout YAMLMapping) throws(YAMLError) {
        self.init()
        method = try keys.optional("method")?.choice() ?? method
        fittedOn = try keys.optional("fittedOn")?.choice() ?? fittedOn
        folds = try keys.optional("folds")?.mapping { keys throws(YAMLError) in
            var folds = FoldOptions()
            folds.count = try keys.optional("count")?.int(in: 2...100) ?? folds.count
            folds.seed = try keys.optional("seed")?.uint64() ?? folds.seed
            return folds
        }
        share = try keys.optional("share")?.double(in: 0.01...0.5) ?? share
        resampling = try keys.optional("resampling")?.mapping { keys throws(YAMLError) in
            Resampling(
                populationRate: try keys.required("populationRate").rate(),
                trainingRate: try keys.optional("trainingRate")?.rate())
        }
        if let node = keys.optional("centralTendency") { centralTendency = try node.centralTendency() }
        cycle = try keys.optional("cycle")?.mapping { keys throws(YAMLError) in
            Cycle(
                direction: try keys.required("direction").choice(),
                factor: try keys.required("factor").double(in: -8...8),
                assetCorrelation: try keys.optional("assetCorrelation")?.double(in: 0...0.99))
        }
        try keys.optional("margins")?.mapping { keys throws(YAMLError) in
            for category in Calibration.MarginOfConservatism.Category.allCases {
                guard let node = keys.optional(category.rawValue) else { continue }
                margins.append(try node.margin(category))
            }
        }
        floor = try keys.optional("floor")?.double(in: 0...0.5) ?? floor
    }
}

extension YAMLNode {
    /// A fraction that is neither 0 nor 1.
    fileprivate func rate() throws(YAMLError) -> Double {
        let value = try double()
        guard value > 0, value < 1 else { throw error(expected: "a fraction between 0 and 1") }
        return value
    }

    fileprivate func centralTendency() throws(YAMLError) -> CalibrationRecipe.CentralTendency {
        let tendency = try mapping { keys throws(YAMLError) in
            let target = try keys.required("target")
            let source: CalibrationRecipe.CentralTendency.Target =
                if case .mapping = target.content {
                    .lowDefault(try target.lowDefault())
                } else {
                    .rate(try target.rate())
                }
            var tendency = CalibrationRecipe.CentralTendency(target: source)
            tendency.by = try keys.optional("by")?.choice() ?? tendency.by
            tendency.accuracyRatio = try keys.optional("accuracyRatio")?.rate()
            tendency.lowestPD = try keys.optional("lowestPD")?.rate()
            return tendency
        }
        let (ratio, lowest) = (tendency.accuracyRatio != nil, tendency.lowestPD != nil)
        let isComplete =
            switch tendency.by {
            case .shift: !ratio && !lowest
            case .shiftAndScale: ratio != lowest
            case .quasiMoments: ratio && !lowest
            }
        guard isComplete else {
            throw error(
                expected: "nothing more with shift, accuracyRatio or lowestPD with shiftAndScale, "
                    + "accuracyRatio with quasiMoments")
        }
        return tendency
    }

    private func lowDefault() throws(YAMLError) -> CalibrationRecipe.LowDefault {
        try mapping { keys throws(YAMLError) in
            var options = CalibrationRecipe.LowDefault()
            options.confidence = try keys.optional("confidence")?.rate() ?? options.confidence
            options.assetCorrelation =
                try keys.optional("assetCorrelation")?.double(in: 0...0.99) ?? options.assetCorrelation
            options.years = try keys.optional("years")?.int(in: 1...100) ?? options.years
            options.yearCorrelation =
                try keys.optional("yearCorrelation")?.double(in: -1...1) ?? options.yearCorrelation
            return options
        }
    }

    fileprivate func margin(
        _ category: Calibration.MarginOfConservatism.Category
    ) throws(YAMLError) -> CalibrationRecipe.Margin {
        try mapping { keys throws(YAMLError) in
            let reason = try keys.required("reason").nonEmptyString()
            var amounts: [CalibrationRecipe.Margin.Amount] = []
            if let node = keys.optional("relative") {
                amounts.append(.relative(try node.double(in: 0...100)))
            }
            if let node = keys.optional("absolute") {
                amounts.append(.absolute(try node.double(in: 0...0.5)))
            }
            if let node = keys.optional("confidence") {
                amounts.append(.confidence(try node.double(in: 0.501...0.999_999)))
            }
            guard amounts.count == 1 else {
                throw error(expected: "one of relative, absolute and confidence")
            }
            return CalibrationRecipe.Margin(category: category, amount: amounts[0], reason: reason)
        }
    }
}
