import Testing

@testable import Features

@Suite("Features speak as an analyst does")
struct FeatureStatementTests {
    private func feature(_ name: String) throws -> Feature {
        try #require(FeatureCatalogue.all.first { $0.name == name })
    }

    @Test func valuesAreSaidInTheirUnit() throws {
        #expect(try feature("dbt_12m").statement(23.4) == "pays 23 days late")
        #expect(try feature("dbt_3m").statement(-1) == "pays 1 day early")
        #expect(try feature("mean_delay_12m").statement(0.3) == "pays on the due day")
        #expect(
            try feature("dbt_3m").statement(23, earlier: 9) == "pays 23 days late, worsening (9 days before)")
        #expect(
            try feature("equity_ratio").statement(0.31, earlier: 0.2)
                == "equity by total assets: 0.31, improving (0.20 before)")
        #expect(
            try feature("overdue_share").statement(0.342, earlier: 0.34)
                == "part of the open items that is past due: 34 %")
        #expect(
            try feature("overdue_amount").statement(1_234_567.6) == "open items past due: 1,234,568")
        #expect(
            try feature("dishonest_debtor").statement(1)
                == "a source lists the obligor as a dishonest debtor: yes")
        #expect(
            try feature("dbt_12m").statement(.nan)
                == "days beyond terms of payments: not known (nothing was paid in the window)")
        #expect(try feature("dbt_against_industry_12m").statement(4).contains("pays") == false)
    }

    @Test func everyFeatureSaysSomethingOfAnyValue() {
        for feature in FeatureCatalogue.all + FeatureCatalogue.invoice {
            for value in [0, -0.0, 1, -3.5, 0.04, 1e17, .infinity, .nan, 12_345] {
                for earlier in [nil, .nan, 0, 2.0] as [Double?] {
                    let text = feature.statement(value, earlier: earlier)
                    #expect(!text.isEmpty && !text.contains("-0 "), "\(feature.name): \(text)")
                }
            }
        }
    }
}
