import Glibc

/// The log-likelihood of one cell's outcomes as a function of a shift of all its log-odds.
///
///     ℓ(d) = Σᵢ [yᵢ (ηᵢ + d) − ln(1 + e^(ηᵢ + d))]
///
/// Everything that a cell says about its shift is this one concave curve. It is tabulated once with two derivatives and
/// read off by quintic Hermite interpolation, whose error at this spacing, h⁶ ÷ 46,080 of the sixth derivative, is
/// below 10⁻¹⁰ per obligor (10⁻⁴ for the third derivative); beyond the table the sum itself is taken.
struct CellLikelihood: Sendable {
    /// Obligors.
    let obligors: Int
    /// Defaults.
    let defaults: Int
    private let logOdds: [Double]
    private let lower: Double
    private let nodes: [Point]

    /// The curve with its derivatives at one shift.
    struct Point: Sendable {
        var value = 0.0
        var slope = 0.0
        var curvature = 0.0
        /// The third derivative; negative where defaults are rare: a lower shift is less unlikely than a higher one.
        var skew = 0.0
    }

    private static let spacing = 0.125
    private static let halfWidth = 48

    /// - Parameters:
    ///   - logOdds: η of the cell's obligors, finite.
    ///   - defaults: Σ y; which of them defaulted only adds a constant to the curve.
    ///   - centre: The shift that the table is laid around.
    init(logOdds: [Double], defaults: Int, linear: Double, centre: Double) {
        obligors = logOdds.count
        self.defaults = defaults
        self.logOdds = logOdds
        lower = centre - Double(Self.halfWidth) * Self.spacing
        self.linear = linear
        var nodes: [Point] = []
        nodes.reserveCapacity(2 * Self.halfWidth + 1)
        for place in 0...2 * Self.halfWidth {
            nodes.append(
                Self.exact(
                    logOdds, defaults: Double(defaults), linear: linear,
                    at: lower + Double(place) * Self.spacing))
        }
        self.nodes = nodes
    }

    /// Σ yᵢ ηᵢ.
    private let linear: Double

    /// The curve at a shift.
    func at(_ shift: Double) -> Point {
        let place = (shift - lower) / Self.spacing
        guard place >= 0, place < Double(nodes.count - 1) else {
            return Self.exact(logOdds, defaults: Double(defaults), linear: linear, at: shift)
        }
        let left = Int(place)
        return Self.interpolated(nodes[left], nodes[left + 1], place - Double(left))
    }

    /// Σ p(ηᵢ + d), the defaults that are expected at a shift.
    func expectedDefaults(at shift: Double) -> Double { Double(defaults) - at(shift).slope }

    private static func exact(
        _ logOdds: [Double], defaults: Double, linear: Double, at shift: Double
    ) -> Point {
        var point = Point(value: linear + defaults * shift, slope: defaults, curvature: 0)
        for eta in logOdds {
            let risk = eta + shift
            let small = exp(-abs(risk))
            let larger = 1 / (1 + small)
            let smaller = small * larger
            point.value -= max(risk, 0) + log1p(small)
            point.slope -= risk >= 0 ? larger : smaller
            point.curvature -= larger * smaller
            point.skew -= larger * smaller * (risk >= 0 ? smaller - larger : larger - smaller)
        }
        return point
    }

    /// The polynomial of degree five through values, slopes and curvatures at both ends, at t ∈ [0, 1].
    private static func interpolated(_ left: Point, _ right: Point, _ t: Double) -> Point {
        let h = spacing
        let (s0, s1) = (left.slope * h, right.slope * h)
        let (c0, c1) = (left.curvature * h * h, right.curvature * h * h)
        let rise = right.value - left.value
        let a3 = 10 * rise - 6 * s0 - 4 * s1 - 1.5 * c0 + 0.5 * c1
        let a4 = -15 * rise + 8 * s0 + 7 * s1 + 1.5 * c0 - c1
        let a5 = 6 * rise - 3 * (s0 + s1) - 0.5 * (c0 - c1)
        return Point(
            value: left.value + t * (s0 + t * (0.5 * c0 + t * (a3 + t * (a4 + t * a5)))),
            slope: (s0 + t * (c0 + t * (3 * a3 + t * (4 * a4 + t * 5 * a5)))) / h,
            curvature: (c0 + t * (6 * a3 + t * (12 * a4 + t * 20 * a5))) / (h * h),
            skew: (6 * a3 + t * (24 * a4 + t * 60 * a5)) / (h * h * h))
    }
}
