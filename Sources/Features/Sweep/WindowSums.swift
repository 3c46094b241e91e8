/// Sums over the records of every window and as-of date, for several summands at once.
///
/// Records are added as steps up and down along the as-of dates; ``finish()`` turns the steps into sums. Summands are
/// whole numbers (minor units, days, counts), whose sums are exact below 2⁵³ and so do not depend on the order.
struct WindowSums<Summands: SIMD & Sendable>: Sendable where Summands.Scalar == Double {
    private let windows: [Window]
    private var places: [Int]
    private let count: Int
    private var steps: [Summands]

    /// - Parameters:
    ///   - windows: The windows that anybody asks for.
    ///   - count: Number of as-of dates.
    init(windows: [Window], count: Int) {
        self.windows = windows
        self.count = count
        places = [Int](repeating: -1, count: Window.allCases.count)
        for (place, window) in windows.enumerated() { places[window.rawValue] = place }
        steps = [Summands](repeating: .zero, count: windows.count * (count + 1))
    }

    /// Forgets everything, for the next obligor.
    mutating func reset() {
        for index in steps.indices { steps[index] = .zero }
    }

    /// Adds a record.
    ///
    /// - Parameters:
    ///   - day: The day it counts by.
    ///   - asOf: The first as-of date by which it is known.
    @inline(__always)
    mutating func add(_ summands: Summands, on day: Int32, knownAt asOf: Int, _ grid: AsOfGrid) {
        let lower = max(asOf, grid.first(onOrAfter: day))
        guard lower < count else { return }
        for place in 0..<windows.count {
            let upper = grid.expiry(of: day, windows[place])
            guard lower < upper else { continue }
            let base = place * (count + 1)
            steps[base + lower] += summands
            steps[base + upper] -= summands
        }
    }

    /// Turns steps into sums.
    mutating func finish() {
        for place in 0..<windows.count {
            let base = place * (count + 1)
            for asOf in 1..<max(1, count) { steps[base + asOf] += steps[base + asOf - 1] }
        }
    }

    /// The sums of a window as of a date; zero for a window that nobody asked for.
    func sums(_ window: Window, at asOf: Int) -> Summands {
        let place = places[window.rawValue]
        return place < 0 ? .zero : steps[place * (count + 1) + asOf]
    }
}

/// The largest value over the records of every window and as-of date; 0 without records.
struct WindowPeaks: Sendable {
    private let windows: [Window]
    private let count: Int
    private var places: [Int]
    private var values: [Double]

    init(windows: [Window], count: Int) {
        self.windows = windows
        self.count = count
        places = [Int](repeating: -1, count: Window.allCases.count)
        for (place, window) in windows.enumerated() { places[window.rawValue] = place }
        values = [Double](repeating: 0, count: windows.count * count)
    }

    /// Forgets everything, for the next obligor.
    mutating func reset() {
        for index in values.indices { values[index] = 0 }
    }

    /// Adds a record; see ``WindowSums/add(_:on:knownAt:_:)``.
    mutating func add(_ value: Double, on day: Int32, knownAt asOf: Int, _ grid: AsOfGrid) {
        guard value > 0 else { return }
        let lower = max(asOf, grid.first(onOrAfter: day))
        for place in 0..<windows.count {
            let upper = grid.expiry(of: day, windows[place])
            var index = lower
            while index < upper {
                values[place * count + index] = max(values[place * count + index], value)
                index += 1
            }
        }
    }

    /// The largest value of a window as of a date.
    func value(_ window: Window, at asOf: Int) -> Double {
        let place = places[window.rawValue]
        return place < 0 ? 0 : values[place * count + asOf]
    }
}
