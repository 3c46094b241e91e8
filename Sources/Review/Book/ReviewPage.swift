import Results

/// What a review writes of one obligor.
struct ReviewPage {
    var portfolio: PortfolioRecord?
    var rating: RatingRecord?
    var path: [RatingStepRecord] = []
    var history: [HistoryRecord] = []
    var attribution: [AttributionRecord] = []
    /// What it was in the review before.
    var before: EarlierRating?
    var refusal: String?
    var inputs = ObligorInputs()
}
