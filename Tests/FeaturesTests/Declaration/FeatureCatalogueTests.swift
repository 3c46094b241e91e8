import Ledger
import TestSupport
import Testing

@testable import Features

@Suite("The features are declared once each")
struct FeatureCatalogueTests {
    private static let everything = FeatureCatalogue.all + FeatureCatalogue.invoice

    @Test func thereAreMoreThanAHundred() {
        #expect(FeatureCatalogue.all.count >= 100)
    }

    @Test func namesAreUniqueAndPlain() {
        let names = Self.everything.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names {
            let isPlain = name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
            #expect(isPlain, "\(name)")
        }
        let keys = ["obligor", "as_of", "invoice", "industry", "region", "group"]
        let outcomes = (OutcomeColumn.obligor + OutcomeColumn.invoice).map(\.name)
        #expect(Set(names).isDisjoint(with: keys + outcomes))
    }

    @Test func aFeatureNamedByAWindowStatesIt() {
        for feature in Self.everything {
            for window in Window.allCases where feature.name.hasSuffix("_\(window.symbol)") {
                #expect(feature.windows.contains(window), "\(feature.name)")
            }
        }
    }

    @Test func everyGroupHasFeatures() {
        for group in FeatureGroup.allCases {
            let members = Self.everything.filter { $0.group == group }
            #expect(!members.isEmpty, "\(group.rawValue)")
        }
    }

    @Test func symbolsMeanOneQuantityEach() {
        var meanings: [String: String] = [:]
        for quantity in Self.everything.flatMap(\.formula.quantities) {
            let known = meanings.updateValue(quantity.meaning, forKey: quantity.stem)
            #expect(known == nil || known == quantity.meaning, "\(quantity.stem)")
        }
    }

    @Test func invoicesTakeNothingFromOtherObligors() {
        for feature in FeatureCatalogue.atInvoice {
            let reaching = feature.formula.quantities.filter { $0.reachesBeyondTheObligor }
            #expect(reaching.isEmpty, "\(feature.name)")
        }
    }

    @Test func lanesFitAVector() {
        let counts = [
            PaymentSum.allCases.count, OpenFigure.allCases.count, StandingFigure.allCases.count,
            EventClass.allCases.count, StatementItem.allCases.count, BureauFigure.allCases.count,
            OthersSum.allCases.count, LinkFigure.allCases.count,
        ]
        #expect(counts.max() == 16)
        #expect(PaymentSum.allCases.map(\.lane) == Array(PaymentSum.allCases.indices))
    }

    @Test func dictionaryIsAsDeclared() throws {
        try Golden.expect(FeatureDictionary.markdown, in: "datasets/FEATURES.md")
    }
}
