public import LinearAlgebra
public import Tables

/// How the columns of a table become the features of a logistic regression: learned once on training rows, saved,
/// and replayed the same on any other rows.
public struct FeatureEncoding: Sendable, Equatable {
    /// The columns that are used, in the order of their features.
    public let variables: [Variable]
    /// The columns that were not used, with the reason.
    public let dropped: [DroppedColumn]

    /// One column's way into features.
    public enum Variable: Sendable, Equatable {
        /// A number.
        case numeric(NumericEncoding)
        /// A category.
        case categorical(CategoricalEncoding)
    }

    /// A column that cannot tell rows apart.
    public struct DroppedColumn: Sendable, Equatable, Codable {
        /// Name of the column.
        public let column: String
        /// Why it was left out.
        public let reason: String
    }

    /// An encoding from its parts.
    ///
    /// - Throws: ``EncodingError/contradiction(column:reason:)``.
    init(variables: [Variable], dropped: [DroppedColumn]) throws(EncodingError) {
        for variable in variables {
            switch variable {
            case .numeric(let numeric): try numeric.validate()
            case .categorical(let categorical): try categorical.validate()
            }
        }
        guard Set(variables.map(\.column)).count == variables.count else {
            throw .contradiction(column: variables.first?.column ?? "", reason: "a column is used twice")
        }
        self.variables = variables
        self.dropped = dropped
    }

    /// Names of all features, in the order of the matrix's columns.
    public var featureNames: [String] { variables.flatMap(\.featureNames) }

    /// The features of a table's rows, shape (rows, features).
    ///
    /// - Throws: ``EncodingError`` if a column is missing, has another kind than in training, or misses numbers where
    ///   that is an error.
    public func matrix(of table: Table) throws(EncodingError) -> Matrix {
        let names = featureNames
        var elements: [Double] = []
        elements.reserveCapacity(table.rowCount * names.count)
        for variable in variables {
            let column = try table.columnToEncode(variable.column)
            switch variable {
            case .numeric(let numeric):
                try numeric.appendFeatures(of: try column.numbersToEncode(), to: &elements)
            case .categorical(let categorical):
                categorical.appendFeatures(of: column, to: &elements)
            }
        }
        return Matrix(rows: table.rowCount, columns: names.count, columnMajor: elements)
    }

    /// The encoding and a linear model on its features as one additive scorer.
    ///
    /// - Parameters:
    ///   - intercept: β₀.
    ///   - coefficients: Log-odds per unit of each feature, as many as ``featureNames``.
    ///   - offset: The column of known log-odds that are added, the last term.
    /// - Throws: ``ScorerError`` if a number is not finite or absurdly large.
    public func scorer(
        intercept: Double, coefficients: [Double], offset: String? = nil
    ) throws(ScorerError) -> AdditiveScorer {
        precondition(
            coefficients.count == featureNames.count,
            "\(coefficients.count) coefficients for \(featureNames.count) features")
        var start = 0
        var terms: [AdditiveScorer.Term] = []
        for variable in variables {
            let end = start + variable.featureNames.count
            switch variable {
            case .numeric(let numeric): terms.append(numeric.term(coefficients: coefficients[start..<end]))
            case .categorical(let categorical):
                terms.append(categorical.term(coefficients: coefficients[start..<end]))
            }
            start = end
        }
        if let offset { terms.append(.init(column: offset, shape: .line(.identity))) }
        return try AdditiveScorer(intercept: intercept, terms: terms)
    }
}

extension FeatureEncoding.Variable {
    /// Name of the column.
    public var column: String {
        switch self {
        case .numeric(let numeric): numeric.column
        case .categorical(let categorical): categorical.column
        }
    }

    /// Names of the column's features, in order.
    public var featureNames: [String] {
        switch self {
        case .numeric(let numeric): numeric.featureNames
        case .categorical(let categorical): categorical.featureNames
        }
    }
}

extension Table {
    func columnToEncode(_ name: String) throws(EncodingError) -> Column {
        guard let column = self[name] else { throw .missingColumn(name: name, available: names) }
        return column
    }
}

extension Column {
    func numbersToEncode() throws(EncodingError) -> [Double] {
        guard let numbers = doubles else {
            throw .wrongType(column: name, expected: "numbers", found: values.typeName)
        }
        return numbers
    }
}

extension FeatureEncoding.Variable: Codable {
    private enum CodingKeys: CodingKey { case numeric, categorical }

    /// Reads a variable under the name of its kind.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let numeric = try container.decodeIfPresent(NumericEncoding.self, forKey: .numeric) {
            self = .numeric(numeric)
        } else {
            self = .categorical(try container.decode(CategoricalEncoding.self, forKey: .categorical))
        }
    }

    /// Writes the variable under the name of its kind.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .numeric(let numeric): try container.encode(numeric, forKey: .numeric)
        case .categorical(let categorical): try container.encode(categorical, forKey: .categorical)
        }
    }
}

extension FeatureEncoding: Codable {
    private enum CodingKeys: CodingKey { case variables, dropped }

    /// Reads an encoding and holds it to the same rules as one that was learned.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        do {
            try self.init(
                variables: try container.decode([Variable].self, forKey: .variables),
                dropped: try container.decode([DroppedColumn].self, forKey: .dropped))
        } catch let error as EncodingError {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }

    /// Writes the variables and what was dropped.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(variables, forKey: .variables)
        try container.encode(dropped, forKey: .dropped)
    }
}
