/// Amounts by calendar month, of which an as-of date reads the last twelve that are complete.
struct MonthlyBins: Sendable {
    private var bins: [Double] = []
    private var first = Int.max

    /// Forgets everything, for the next obligor.
    mutating func reset() {
        bins.removeAll(keepingCapacity: true)
        first = Int.max
    }

    /// Adds an amount to a month, counted from the grid's first.
    @inline(__always)
    mutating func add(_ amount: Double, month: Int) {
        while bins.count <= month { bins.append(0) }
        bins[month] += amount
        first = min(first, month)
    }

    private func value(_ month: Int) -> Double {
        bins.indices.contains(month) ? bins[month] : 0
    }

    /// The figures of the series as of a date whose last complete month is given; `nil` while the series is too young.
    func figures(lastMonth last: Int) -> MonthlyFigures? {
        guard first <= last - 11 else { return nil }
        let recent = value(last) + value(last - 1) + value(last - 2)
        let before: Double? =
            first <= last - 14 ? value(last - 12) + value(last - 13) + value(last - 14) : nil
        return MonthlyFigures(
            (last - 11...last).map(value), recent: recent, yearBefore: before)
    }

    /// The same of the running total: what the months come to at their ends.
    func figuresOfTotals(lastMonth last: Int) -> MonthlyFigures? {
        guard first <= last - 11 else { return nil }
        var total = 0.0
        var ends: [Double] = []
        for month in 0...last {
            total += value(month)
            if month > last - 12 { ends.append(total) }
        }
        return MonthlyFigures(ends, recent: ends[9] + ends[10] + ends[11], yearBefore: nil)
    }
}

/// Figures of twelve months.
struct MonthlyFigures {
    let mean: Double
    let deviation: Double
    let slope: Double
    let peak: Double
    let empty: Double
    let recent: Double
    let yearBefore: Double?

    /// - Parameter months: Twelve values, oldest first.
    init(_ months: [Double], recent: Double, yearBefore: Double?) {
        let mean = months.reduce(0, +) / 12
        var squares = 0.0
        var moment = 0.0
        for (index, value) in months.enumerated() {
            squares += (value - mean) * (value - mean)
            moment += (Double(index) - 5.5) * value
        }
        self.mean = mean
        deviation = (squares / 12).squareRoot()
        // Σ (i − 5.5)² over i = 0 … 11.
        slope = moment / 143
        peak = months.reduce(0, max)
        empty = Double(months.count { $0 == 0 })
        self.recent = recent
        self.yearBefore = yearBefore
    }

    /// The value of a figure; NaN where it is missing.
    subscript(figure: MonthlyFigure) -> Double {
        switch figure {
        case .mean: mean
        case .deviation: deviation
        case .slope: slope
        case .peak: peak
        case .empty: empty
        case .recent: recent
        case .yearBefore: yearBefore ?? .nan
        }
    }
}
