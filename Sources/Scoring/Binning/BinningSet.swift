public import LinearAlgebra
public import Parallelism
public import Tables

/// The binnings of several variables.
public struct BinningSet: Sendable, Equatable {
    /// The variables in the order of the fit; names are unique.
    public let variables: [VariableBinning]
    private let positions: [String: Int]

    /// A set of binnings.
    ///
    /// - Throws: ``BinningError/duplicateVariable(name:)``.
    public init(_ variables: [VariableBinning]) throws(BinningError) {
        var positions: [String: Int] = [:]
        for (position, variable) in variables.enumerated() {
            guard positions.updateValue(position, forKey: variable.name) == nil else {
                throw .duplicateVariable(name: variable.name)
            }
        }
        self.variables = variables
        self.positions = positions
    }

    /// The binning of a variable, or `nil`.
    public subscript(name: String) -> VariableBinning? {
        positions[name].map { variables[$0] }
    }

    /// The set with the binning of one variable replaced, for instance after a merge by hand.
    ///
    /// - Throws: ``BinningError/missingVariable(name:available:)``.
    public func replacing(_ variable: VariableBinning) throws(BinningError) -> BinningSet {
        guard let position = positions[variable.name] else {
            throw .missingVariable(name: variable.name, available: variables.map(\.name))
        }
        var changed = variables
        changed[position] = variable
        return try BinningSet(changed)
    }

    /// The WOE of every row and variable, shape (rows, variables), variables in the order of the set.
    ///
    /// - Parameters:
    ///   - table: Has a column for every variable; others are ignored.
    ///   - workers: The threads to use.
    /// - Throws: ``BinningError/missingVariable(name:available:)``,
    ///   ``BinningError/wrongType(variable:column:expected:)``.
    public func woes(of table: Table, workers: Workers) throws(BinningError) -> Matrix {
        let columns = try workers.tryMap(variables.count) { index throws(BinningError) in
            guard let column = table[variables[index].name] else {
                throw BinningError.missingVariable(
                    name: variables[index].name, available: table.columns.map(\.name))
            }
            return try variables[index].woes(of: column)
        }
        return Matrix(
            rows: table.rowCount, columns: variables.count, columnMajor: Array(columns.joined()))
    }
}

extension BinningSet: Codable {
    /// Writes the variables as a list.
    public func encode(to encoder: any Encoder) throws {
        try variables.encode(to: encoder)
    }

    /// Reads a list of variables.
    ///
    /// - Throws: `DecodingError.dataCorrupted` if two have the same name or one contradicts itself.
    public init(from decoder: any Decoder) throws {
        let variables = try [VariableBinning](from: decoder)
        do throws(BinningError) {
            try self.init(variables)
        } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.description))
        }
    }
}
