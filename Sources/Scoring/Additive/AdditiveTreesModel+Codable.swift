import Boosting

extension AdditiveTreesModel: Codable {
    private enum CodingKeys: CodingKey { case inputs, intercept, functions, pairs, certificate }

    /// The table of one function.
    private struct FunctionTable: Codable {
        let axis: AxisTable
        let values: [Double]
        let weights: [Double]
    }

    /// The table of a pair.
    private struct PairTable: Codable {
        let first: Int
        let second: Int
        let rows: AxisTable
        let columns: AxisTable
        let values: [Double]
        let weights: [Double]
    }

    /// Upper bounds of the cells of numbers, or the cells of levels in the order of the input.
    private struct AxisTable: Codable {
        let upperBounds: [Double]?
        let cellOfLevel: [Int]?
        let cells: Int?

        init(_ axis: AdditiveShapes.Axis) {
            switch axis {
            case .number(let bounds): (upperBounds, cellOfLevel, cells) = (bounds, nil, nil)
            case .category(let cellOfCode, let cells):
                (upperBounds, cellOfLevel, self.cells) = (nil, cellOfCode, cells)
            }
        }

        var axis: AdditiveShapes.Axis? {
            switch (upperBounds, cellOfLevel, cells) {
            case (.some(let bounds), nil, nil): .number(upperBounds: bounds)
            case (nil, .some(let cellOfLevel), .some(let cells)) where (0...65_536).contains(cells):
                .category(cellOfCode: cellOfLevel, cells: cells)
            default: nil
            }
        }
    }

    /// Reads a model, checks that its tables fit together, and proves anew what it claims.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func damaged(_ reason: String) -> DecodingError {
            .dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: reason))
        }
        let inputs = try container.decode([TreeInput].self, forKey: .inputs)
        let certificate = try container.decode(MonotonicityCertificate.self, forKey: .certificate)
        let functions = try container.decode([FunctionTable].self, forKey: .functions).map { table in
            guard let axis = table.axis.axis else { throw damaged("the cells of a function are no axis") }
            return AdditiveShapes.Function(axis: axis, values: table.values, weights: table.weights)
        }
        let pairs = try container.decode([PairTable].self, forKey: .pairs).map { table in
            guard let rows = table.rows.axis, let columns = table.columns.axis else {
                throw damaged("the cells of a pair are no axis")
            }
            return AdditiveShapes.Pair(
                first: table.first, second: table.second, firstAxis: rows, secondAxis: columns,
                values: table.values, weights: table.weights)
        }
        let shapes = AdditiveShapes(
            features: inputs.map(\.feature), intercept: try container.decode(Double.self, forKey: .intercept),
            functions: functions, pairs: pairs)
        let directions = inputs.map { input in
            certificate.proofs.first { $0.feature == input.column }.map { $0.direction < 0 ? -1 : 1 as Int8 }
                ?? 0
        }
        let model: AdditiveTreesModel
        do throws(BoostingError) {
            model = try AdditiveTreesModel(inputs: inputs, shapes: shapes, directions: directions)
        } catch { throw damaged(error.description) }
        self = model
        guard self.certificate == certificate else {
            throw damaged("the certificate is not that of the functions")
        }
    }

    /// Writes inputs, tables and certificate.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(shapes.intercept, forKey: .intercept)
        try container.encode(
            shapes.functions.map {
                FunctionTable(axis: AxisTable($0.axis), values: $0.values, weights: $0.weights)
            }, forKey: .functions)
        try container.encode(
            shapes.pairs.map {
                PairTable(
                    first: $0.first, second: $0.second, rows: AxisTable($0.firstAxis),
                    columns: AxisTable($0.secondAxis), values: $0.values, weights: $0.weights)
            }, forKey: .pairs)
        try container.encode(certificate, forKey: .certificate)
    }
}
