import Tables

/// A scorer tied to the columns of one table: names, types and levels are settled, so that blocks of rows can be
/// scored without another question.
struct BoundScorer: Sendable {
    /// What every sum starts from.
    let intercept: Double
    let terms: [BoundTerm]
    private let steps: [Step]

    /// Rows that are carried through all terms at a time, so that their sums stay in the first-level cache.
    static let blockRows = 2048

    /// Neighbouring terms that one kernel adds.
    private enum Step: Sendable {
        case term(BoundTerm)
        case together(FittedColumns)
    }

    /// - Throws: ``ScoringError`` if a column is missing or has a type that its term cannot read.
    init(_ scorer: AdditiveScorer, table: Table) throws(ScoringError) {
        intercept = scorer.intercept
        var terms: [BoundTerm] = []
        terms.reserveCapacity(scorer.terms.count)
        for term in scorer.terms {
            guard let column = table[term.column] else {
                throw .missingColumn(name: term.column, available: table.columns.map(\.name))
            }
            terms.append(try BoundTerm(term, column: column))
        }
        self.terms = terms
        var steps: [Step] = []
        for term in terms {
            guard let columns = term.fitted else {
                steps.append(.term(term))
                continue
            }
            if case .together(var earlier) = steps.last, earlier.append(columns) {
                steps[steps.count - 1] = .together(earlier)
            } else {
                steps.append(.together(columns))
            }
        }
        self.steps = steps
    }

    /// Adds the contributions of all terms, in their order, for some rows; `sums[0]` belongs to `rows.lowerBound`.
    func add(_ rows: Range<Int>, to sums: inout MutableSpan<Double>) {
        for step in steps {
            switch step {
            case .term(let term): term.add(rows, to: &sums)
            case .together(let columns): ContributionKernel.add(columns, rows, to: &sums)
            }
        }
    }

    /// Appends the contributions of every term to some rows, one term behind the other.
    func appendContributions(_ rows: Range<Int>, to contributions: inout [Double]) {
        for term in terms {
            var own = [Double](repeating: 0, count: rows.count)
            var sums = own.mutableSpan
            term.add(rows, to: &sums)
            contributions += own
        }
    }
}

/// One term of a scorer with the values that it reads.
struct BoundTerm: Sendable {
    private enum Reading: Sendable {
        case stepsOfDoubles([Double], ContributionKernel.Slots<Double>)
        case stepsOfFloats([Float], ContributionKernel.Slots<Float>)
        case lineOfDoubles([Double], AdditiveScorer.Line)
        case lineOfFloats([Float], AdditiveScorer.Line)
        case codes([UInt32], contributions: [Double])
    }

    private let reading: Reading

    init(_ term: AdditiveScorer.Term, column: Column) throws(ScoringError) {
        switch term.lookup {
        case .steps(let doubles, let floats):
            if case .float(let values) = column.values {
                reading = .stepsOfFloats(values, floats)
            } else {
                reading = .stepsOfDoubles(try column.numbers(), doubles)
            }
        case .line(let line):
            if line.isRequired == true {
                let values = try column.numbers()
                if let row = values.firstIndex(where: { !$0.isFinite }) {
                    throw .missingOffset(column: column.name, row: row)
                }
            }
            if case .float(let values) = column.values {
                reading = .lineOfFloats(values, line)
            } else {
                reading = .lineOfDoubles(try column.numbers(), line)
            }
        case .levels(let known, let levels):
            let categories = CategoryCodes(column)
            // A missing code is beyond all levels, and the kernel gives those the last contribution.
            reading = .codes(
                categories.codes,
                contributions: categories.levels.map { known[$0] ?? levels.unseen } + [levels.missing])
        }
    }

    /// The term in the form in which several of them are added at once, if it has one.
    var fitted: FittedColumns? {
        guard case .stepsOfFloats(let values, let slots) = reading else { return nil }
        return FittedColumns(values, slots)
    }

    /// Adds the contributions of some rows; `sums[0]` belongs to `rows.lowerBound`.
    func add(_ rows: Range<Int>, to sums: inout MutableSpan<Double>) {
        switch reading {
        case .stepsOfDoubles(let values, let slots):
            ContributionKernel.add(slots, of: values.span.extracting(rows), to: &sums)
        case .stepsOfFloats(let values, let slots):
            ContributionKernel.add(slots, of: values.span.extracting(rows), to: &sums)
        case .lineOfDoubles(let values, let line):
            ContributionKernel.add(line, of: values.span.extracting(rows), to: &sums)
        case .lineOfFloats(let values, let line):
            ContributionKernel.add(line, of: values.span.extracting(rows), to: &sums)
        case .codes(let codes, let contributions):
            ContributionKernel.add(contributions, ofCodes: codes.span.extracting(rows), to: &sums)
        }
    }
}

extension Column {
    /// The values as doubles, NaN for missing; days count from 1970.
    func numbers() throws(ScoringError) -> [Double] {
        if let values = doubles { return values }
        guard case .day(let days) = values else {
            throw .wrongType(column: name, expected: "numbers", found: values.typeName)
        }
        return days.map(\.number)
    }
}

extension Column.Values {
    /// What a message calls the type.
    var typeName: String {
        switch self {
        case .double, .float: "numbers"
        case .integer: "whole numbers"
        case .category: "categories"
        case .day: "days"
        case .flag: "flags"
        case .text: "text"
        }
    }
}
