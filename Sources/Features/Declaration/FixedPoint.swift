import Foundation

/// Numbers with a fixed number of decimals.
enum FixedPoint {
    /// What `printf` makes of a number with `%.nf`: rounded from its exact value, halves to the even digit.
    ///
    /// Numbers of up to thirteen digits with up to two decimals are put together here, without Foundation's formats:
    /// let s = x·10ⁿ and p = s rounded to a double. A half that p does not hit lies on the same side of p as of s,
    /// since rounding keeps the order; where p is a half itself, s − p = fma(x, 10ⁿ, −p) says on which side s is.
    static func text(_ value: Double, decimals: Int) -> String {
        guard decimals >= 0, decimals <= 2, abs(value) < 1e13 else {
            return String(format: "%.\(decimals)f", value)
        }
        let scale = [1.0, 10, 100][decimals]
        let scaled = abs(value) * scale
        var whole = scaled.rounded(.down)
        let rest = scaled - whole
        let error = (-scaled).addingProduct(abs(value), scale)
        if rest > 0.5 || rest == 0.5 && (error > 0 || error == 0 && Int64(whole) % 2 == 1) { whole += 1 }
        let digits = Int64(whole)
        let sign = value.sign == .minus ? "-" : ""
        switch decimals {
        case 0: return "\(sign)\(digits)"
        case 1: return "\(sign)\(digits / 10).\(digits % 10)"
        default:
            let cents = digits % 100
            return "\(sign)\(digits / 100).\(cents < 10 ? "0" : "")\(cents)"
        }
    }
}
