import Glibc

extension CalibrationLine {
    /// Intercept and slope that lose least on outcomes.
    struct Fit {
        private(set) var intercept = 0.0
        private(set) var slope = 1.0
        /// Log loss, and what the slope's distance from 1 costs.
        private(set) var loss = Double.infinity
        /// Σ w π (1 − π) times 1, η and η², and how firmly the slope is drawn to 1.
        private(set) var information = (aa: 0.0, ab: 0.0, bb: 0.0)

        /// What the slope may do.
        enum Slope {
            /// It is 1.
            case held
            /// It follows the outcomes.
            case free
            /// It follows them, drawn to 1 by ½ precision (β − 1)².
            case drawn(precision: Double)

            fileprivate var precision: Double {
                if case .drawn(let precision) = self { precision } else { 0 }
            }
        }

        /// Newton's method from the line of perfect calibration, with halving of the step until the loss falls while
        /// the optimum is far.
        ///
        /// - Throws: ``MetricError/undefined(_:)`` if there is no finite optimum.
        init(_ groups: [RankedOutcomes.Group], slope rule: Slope) throws(MetricError) {
            loss = Self.loss(groups, intercept, slope)
            var lastDecrement = Double.infinity
            for _ in 0..<200 {
                let gradient = derive(groups, rule)
                let step = step(gradient, rule)
                // Twice what the loss will still fall, if it is as curved as here.
                let decrement = gradient.a * step.a + gradient.b * step.b
                guard decrement.isFinite else { break }
                // Near the optimum steps square the distance until rounding stops them; the loss no longer shows it.
                let isNear = decrement < 1e-8 * (1 + loss)
                if isNear && decrement >= lastDecrement / 4 || decrement == 0 { return }
                lastDecrement = isNear ? decrement : .infinity
                var length = 1.0
                var next = moved(by: step, length: length, groups, rule)
                while !isNear, !(next.loss < loss), length > 1e-12 {
                    length /= 2
                    next = moved(by: step, length: length, groups, rule)
                }
                self = next
            }
            throw .undefined("the likelihood of the calibration line has no finite maximum")
        }

        /// Σ w [ln(1 + e^η) − y η].
        static func loss(
            _ groups: [RankedOutcomes.Group], _ intercept: Double, _ slope: Double
        ) -> Double {
            groups.reduce(0) { sum, group in
                let logOdds = intercept + slope * group.risk
                let softened = log1p(exp(-abs(logOdds)))
                return sum + group.defaults * (max(-logOdds, 0) + softened)
                    + group.nonDefaults * (max(logOdds, 0) + softened)
            }
        }

        private func moved(
            by step: (a: Double, b: Double), length: Double, _ groups: [RankedOutcomes.Group], _ rule: Slope
        ) -> Fit {
            var next = self
            next.intercept += length * step.a
            next.slope += length * step.b
            let distance = next.slope - 1
            next.loss =
                Self.loss(groups, next.intercept, next.slope) + rule.precision * distance * distance / 2
            return next
        }

        private func step(_ gradient: (a: Double, b: Double), _ rule: Slope) -> (a: Double, b: Double) {
            if case .held = rule { return (gradient.a / information.aa, 0) }
            let determinant = information.aa * information.bb - information.ab * information.ab
            return (
                (information.bb * gradient.a - information.ab * gradient.b) / determinant,
                (information.aa * gradient.b - information.ab * gradient.a) / determinant
            )
        }

        /// Sets the information and returns the slope of the loss, downwards.
        private mutating func derive(
            _ groups: [RankedOutcomes.Group], _ rule: Slope
        ) -> (a: Double, b: Double) {
            var gradient = (a: 0.0, b: rule.precision * (1 - slope))
            var information = (aa: 0.0, ab: 0.0, bb: rule.precision)
            for group in groups {
                let probability = 1 / (1 + exp(-(intercept + slope * group.risk)))
                let residual = group.defaults - group.total * probability
                let curvature = group.total * probability * (1 - probability)
                gradient.a += residual
                gradient.b += residual * group.risk
                information.aa += curvature
                information.ab += curvature * group.risk
                information.bb += curvature * group.risk * group.risk
            }
            self.information = information
            return gradient
        }
    }
}
