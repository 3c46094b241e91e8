import LinearAlgebra

extension CollinearColumn {
    /// The columns that are combinations of those before them, the intercept included.
    ///
    /// - Parameters:
    ///   - gram: A weighted Gram matrix ZᵀWZ of the scaled columns, the intercept first, all weights positive.
    ///   - scaling: The scaling of the columns; the dependencies are stated for the columns as they were given.
    ///   - names: Names of the columns.
    static func all(in gram: Matrix, of scaling: ColumnScaling, names: [String]) -> [CollinearColumn] {
        DependencySweep(gram).dependencies.map {
            CollinearColumn(scaledColumn: $0.column, shares: $0.coefficients, scaling, names)
        }
    }

    /// A dependency z_c = Σ aⱼ zⱼ of the scaled columns, in the columns as they were given.
    private init(scaledColumn column: Int, shares: [Double], _ scaling: ColumnScaling, _ names: [String]) {
        guard column > 0 else {
            self.init(column: "(intercept)", terms: [], constant: 0)
            return
        }
        // scale_c x_c + shift_c = a₀ + Σ aⱼ (scaleⱼ xⱼ + shiftⱼ); shares below 1e-4 of a deviation are rounding.
        var constant = shares[0] - scaling.shift[column - 1]
        var terms: [Term] = []
        for other in 1..<shares.count where abs(shares[other]) > 1e-4 {
            constant += shares[other] * scaling.shift[other - 1]
            terms.append(
                Term(
                    column: names[other - 1],
                    coefficient: shares[other] * scaling.scale[other - 1] / scaling.scale[column - 1]))
        }
        self.init(column: names[column - 1], terms: terms, constant: constant / scaling.scale[column - 1])
    }
}
