import Boosting
import Tables

extension ScoringModel {
    /// A scorecard recipe (YAML) that takes over the functions of a glass box: every column is cut where its function
    /// bends, levels are grouped as it groups them, and a column whose direction is proved keeps its trend.
    ///
    /// The cuts are the pre-bins of the scorecard, whose binning may join those that its own rules do not support;
    /// points come from its regression. Functions of pairs have no place on a scorecard and are left out, as are
    /// columns whose function is the same everywhere.
    ///
    /// A cut is the shortest decimal that is the bound of the function in single precision, so that a training row may
    /// change sides only if its value is that number too: if it and the next value beyond the bound agree in about the
    /// first seven digits.
    ///
    /// - Parameters:
    ///   - bins: Segments of a function, at most, besides missing values; at least 2.
    ///   - loss: Fewer segments are taken where they keep all but this part of a function's variance.
    /// - Returns: `nil` if the model is no glass box.
    public func scorecardRecipe(bins: Int = 8, loss: Double = 0.02) -> String? {
        guard let trees = additiveTrees else { return nil }
        var lines = [
            "# The functions of the model \(Self.scalar(name)), as the pre-bins of a scorecard.", "recipe: 1",
            "name: \(Self.scalar("\(name), scorecard"))", "target:",
            "  column: \(Self.scalar(roles.target.column))",
            "  default: \(Self.list(roles.target.defaults))",
        ]
        if let nonDefaults = roles.target.nonDefaults {
            lines.append("  nonDefault: \(Self.list(nonDefaults))")
        }
        if let id = roles.id { lines.append("id: \(Self.scalar(id))") }
        if let weight = roles.weight { lines.append("weight: \(Self.scalar(weight))") }
        var kept: [String] = []
        var variables: [String] = []
        var columns: [String] = []
        for (place, input) in trees.inputs.enumerated() {
            let function = trees.shapes.functions[place]
            let segments = ShapeSegments(function, count: max(2, bins), loss: loss).ranges
            let hasMissing = function.weights[function.axis.missingCell] > 0
            guard segments.count > 1 || hasMissing else { continue }
            kept.append(input.column)
            var options: [String] = []
            switch function.axis {
            case .number(let bounds):
                let cuts = segments.dropLast().compactMap { $0.last.map { Self.cut(at: $0, of: bounds) } }
                if !cuts.isEmpty {
                    options.append("splits: [\(cuts.map(\.description).joined(separator: ", "))]")
                }
            case .category(let cellOfCode, _):
                let levels = input.levels ?? []
                let groups = segments.map { cells in
                    Self.list(levels.indices.filter { cells.contains(cellOfCode[$0]) }.map { levels[$0] })
                }
                if groups.count > 1 { options.append("groups: [\(groups.joined(separator: ", "))]") }
                columns.append("  \(Self.scalar(input.column)): {type: category}")
            }
            if let proof = trees.certificate.proofs.first(where: { $0.feature == input.column }) {
                options.append("trend: \(proof.direction > 0 ? "ascending" : "descending")")
            }
            if !options.isEmpty {
                variables.append("      \(Self.scalar(input.column)): {\(options.joined(separator: ", "))}")
            }
        }
        if !columns.isEmpty { lines += ["columns:"] + columns }
        lines += [
            "features:", "  include: \(Self.list(kept))", "model:", "  kind: scorecard", "  binning:",
            "    maximumBins: \(max(2, bins))",
        ]
        if !variables.isEmpty { lines += ["    variables:"] + variables }
        lines.append(
            "  scaling: {pdo: \(scaling.pdo), baseOdds: \(scaling.baseOdds), baseScore: \(scaling.baseScore), "
                + "rate: \(scaling.rate)}")
        return lines.joined(separator: "\n") + "\n"
    }

    /// A bound without the digits that single precision does not tell, unless these part it from another bound.
    ///
    /// Bounds lie half-way between two values, and on from there as far as single precision calls it the same number:
    /// 0.3 may be 0.30000002682209015.
    static func cut(at place: Int, of bounds: [Double]) -> Double {
        let bound = bounds[place]
        let neighbours = [place - 1, place + 1].filter(bounds.indices.contains).map { Float(bounds[$0]) }
        guard !neighbours.contains(Float(bound)), let short = Double(Float(bound).description),
            short.isFinite,
            short.description.utf8.count < bound.description.utf8.count
        else { return bound }
        return short
    }

    private static func list(_ texts: [String]) -> String { "[\(texts.map(scalar).joined(separator: ", "))]" }

    /// Text in quotes, as YAML reads it back.
    private static func scalar(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case _ where scalar.properties.generalCategory == .control:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
