/// Numerator and denominator of the [m/m] Padé approximant of the exponential, p = V + U and q = V − U, where U has
/// the odd powers and V the even ones.
struct PadeTerms<Operand: PadeOperand> {
    let odd: Operand
    let even: Operand

    /// bₖ for every degree m: bₖ = (2m − k)! m! ÷ ((m − k)! k!), up to a common factor; all exact in a double.
    static func coefficients(degree: Int) -> [Double] {
        switch degree {
        case 3: [120, 60, 12, 1]
        case 5: [30240, 15120, 3360, 420, 30, 1]
        case 7: [17_297_280, 8_648_640, 1_995_840, 277_200, 25_200, 1_512, 56, 1]
        case 9:
            [
                17_643_225_600, 8_821_612_800, 2_075_673_600, 302_702_400, 30_270_240, 2_162_160, 110_880,
                3_960, 90, 1,
            ]
        default:
            [
                64_764_752_532_480_000, 32_382_376_266_240_000, 7_771_770_303_897_600,
                1_187_353_796_428_800, 129_060_195_264_000, 10_559_470_521_600, 670_442_572_800,
                33_522_128_640, 1_323_241_920, 40_840_800, 960_960, 16_380, 182, 1,
            ]
        }
    }

    /// U and V for a matrix whose powers are given.
    init(_ given: EvenPowers<Operand>, degree: Int) throws(LinearAlgebraError) {
        var powers = given
        let b = Self.coefficients(degree: degree)
        // c₀·I + c₂·A² + c₄·A⁴ + …
        func combination(_ coefficients: [Double]) throws(LinearAlgebraError) -> Operand {
            var sum = try powers.power(2)
            sum.scale(by: coefficients[1])
            for index in coefficients.indices.dropFirst(2) {
                sum.add(try powers.power(2 * index), scaledBy: coefficients[index])
            }
            sum.addToDiagonal(coefficients[0])
            return sum
        }
        if degree == 13 {
            // Powers above A⁶ only occur times A⁶, which saves products.
            var high = try combination([0, b[9], b[11], b[13]])
            var sum = try powers.power(6).multiplied(by: high)
            sum.add(try combination([b[1], b[3], b[5], b[7]]), scaledBy: 1)
            odd = try powers.first.multiplied(by: sum)
            high = try combination([0, b[8], b[10], b[12]])
            sum = try powers.power(6).multiplied(by: high)
            sum.add(try combination([b[0], b[2], b[4], b[6]]), scaledBy: 1)
            even = sum
        } else {
            let odds = stride(from: 1, through: degree, by: 2).map { b[$0] }
            let evens = stride(from: 0, to: degree, by: 2).map { b[$0] }
            odd = try powers.first.multiplied(by: combination(odds))
            even = try combination(evens)
        }
    }

    /// (V − U)⁻¹(V + U).
    func quotient() throws(LinearAlgebraError) -> Operand {
        var denominator = even
        denominator.add(odd, scaledBy: -1)
        var numerator = even
        numerator.add(odd, scaledBy: 1)
        return try denominator.leftQuotient(of: numerator)
    }
}
