/// A curve through points of rising x, such as a ROC curve.
public struct CurveRecord: Sendable, Equatable, Codable {
    /// A point of a curve.
    public struct Point: Sendable, Equatable, Codable {
        /// The abscissa.
        public let x: Double
        /// The ordinate.
        public let y: Double

        /// A point of a curve.
        public init(
            x: Double, y: Double
        ) {
            self.x = x
            self.y = y
        }
    }

    /// The sample the curve was taken on.
    public let sample: String
    /// The points, x rising.
    public let points: [Point]

    /// A curve through points of rising x, such as a ROC curve.
    public init(
        sample: String, points: [Point]
    ) {
        self.sample = sample
        self.points = points
    }
}
