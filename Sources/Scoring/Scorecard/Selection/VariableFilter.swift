import LinearAlgebra
import Parallelism

/// Leaves out variables that say too little, or what others say already.
struct VariableFilter {
    let options: SelectionOptions
    let weights: [Double]?

    /// Variables whose bins tell something apart and whose information value is in range.
    ///
    /// - Throws: ``TrainingError/badOption(column:reason:)`` for a forced variable with one bin.
    func informative(
        _ binnings: [VariableBinning], _ log: inout SelectionLog
    ) throws(TrainingError) -> [VariableBinning] {
        if let forced = binnings.first(where: { isForced($0) && $0.bins.count < 2 }) {
            throw .badOption(
                column: forced.name,
                reason: "it cannot be forced in, since it has one bin, which tells nothing apart")
        }
        return binnings.filter { binning in
            guard binning.bins.count > 1 else {
                log.add(binning.name, .rejected, .binning, note: "one bin only")
                return false
            }
            if isForced(binning) { return true }
            let iv = binning.iv
            if iv < options.minimumIV {
                log.add(binning.name, .rejected, .informationValue, value: iv, limit: options.minimumIV)
                return false
            }
            if let maximum = options.maximumIV, iv > maximum {
                log.add(binning.name, .rejected, .informationValue, value: iv, limit: maximum)
                return false
            }
            return true
        }
    }

    /// Positions of the variables that neither correlate too much with a stronger one nor have too large a VIF.
    ///
    /// - Parameters:
    ///   - woes: WOE by row and variable.
    ///   - binnings: The variables.
    func distinct(_ woes: Matrix, _ binnings: [VariableBinning], _ log: inout SelectionLog) -> [Int] {
        guard options.maximumCorrelation != nil || options.maximumVIF != nil else {
            return Array(binnings.indices)
        }
        let correlations = correlations(of: woes)
        return withoutInflation(
            uncorrelated(Array(binnings.indices), correlations, binnings, &log), correlations, binnings, &log)
    }

    /// Goes through the variables from the strongest and keeps those that correlate with none kept so far.
    private func uncorrelated(
        _ positions: [Int], _ correlations: Matrix, _ binnings: [VariableBinning], _ log: inout SelectionLog
    ) -> [Int] {
        guard let limit = options.maximumCorrelation else { return positions }
        let strength = binnings.map(\.iv)
        func comesFirst(_ left: Int, _ right: Int) -> Bool {
            let (first, second) = (isForced(binnings[left]), isForced(binnings[right]))
            if first != second { return first }
            return strength[left] != strength[right] ? strength[left] > strength[right] : left < right
        }
        var kept: [Int] = []
        for position in positions.sorted(by: comesFirst) {
            let rival = kept.max { abs(correlations[position, $0]) < abs(correlations[position, $1]) }
            if let rival, abs(correlations[position, rival]) > limit, !isForced(binnings[position]) {
                log.add(
                    binnings[position].name, .rejected, .correlation, value: correlations[position, rival],
                    limit: limit, other: binnings[rival].name)
            } else {
                kept.append(position)
            }
        }
        return kept.sorted()
    }

    /// Leaves out the variable with the largest VIF until none is too large.
    private func withoutInflation(
        _ positions: [Int], _ correlations: Matrix, _ binnings: [VariableBinning], _ log: inout SelectionLog
    ) -> [Int] {
        guard let limit = options.maximumVIF else { return positions }
        var kept = positions
        while kept.count > 1 {
            let factors = inflation(kept, correlations)
            let worst = kept.indices.filter { !isForced(binnings[kept[$0]]) }
                .max { factors[$0] < factors[$1] }
            guard let worst, factors[worst] > limit else { break }
            log.add(
                binnings[kept[worst]].name, .rejected, .vif, value: factors[worst], limit: limit,
                note: factors[worst].isFinite ? nil : "a combination of the others")
            kept.remove(at: worst)
        }
        return kept
    }

    /// VIFⱼ = (R⁻¹)ⱼⱼ of the correlations among some variables; infinite for all if they are dependent.
    private func inflation(_ positions: [Int], _ correlations: Matrix) -> [Double] {
        var part = Matrix.identity(positions.count)
        for (row, left) in positions.enumerated() {
            for (column, right) in positions.enumerated() where column != row {
                part[row, column] = correlations[left, right]
            }
        }
        guard let inverse = FixedOrderCholesky(positiveDefinite: part)?.inverse() else {
            return Array(repeating: .infinity, count: positions.count)
        }
        return positions.indices.map { inverse[$0, $0] }
    }

    /// Weighted correlations of the columns; 0 with a constant column.
    private func correlations(of woes: Matrix) -> Matrix {
        let (rows, columns) = (woes.rows, woes.columns)
        var centred = [[Double]]()
        for column in 0..<columns {
            let values = woes.column(column)
            var sum = 0.0
            var total = 0.0
            for row in 0..<rows {
                let weight = weights?[row] ?? 1
                sum += weight * values[row]
                total += weight
            }
            let mean = sum / total
            var squares = 0.0
            var scaled = [Double](repeating: 0, count: rows)
            for row in 0..<rows {
                scaled[row] = (weights?[row] ?? 1).squareRoot() * (values[row] - mean)
                squares += scaled[row] * scaled[row]
            }
            let norm = squares.squareRoot()
            centred.append(norm > 0 ? scaled.map { $0 / norm } : scaled)
        }
        var result = Matrix.identity(columns)
        for left in 0..<columns {
            for right in 0..<left {
                var product = 0.0
                for row in 0..<rows { product += centred[left][row] * centred[right][row] }
                result[left, right] = product
                result[right, left] = product
            }
        }
        return result
    }

    private func isForced(_ binning: VariableBinning) -> Bool { options.forced.contains(binning.name) }
}
